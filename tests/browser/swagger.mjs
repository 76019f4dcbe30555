// Swagger UI as people use it: open an operation, fill it in, execute it, read the answer below.

import assert from "node:assert/strict";

/** The page begins with the names of groups alone. */
export async function openTags(page) {
  const closed = page.locator('.opblock-tag[data-is-open="false"]');
  while (await closed.count()) await closed.first().click();
}

/** Executes an operation. `fill`: parameters by name; `body` replaces the example. Answers what the page shows. */
export async function execute(page, method, path, { body, fill = {} } = {}) {
  const block = page.locator(`.opblock-${method}`).filter({ has: page.locator(`[data-path="${path}"]`) });
  if (!(await block.locator(".opblock-body").count())) await block.locator(".opblock-summary-control").click();
  for (const [name, value] of Object.entries(fill)) {
    await block.locator(`tr[data-param-name="${name}"] input`).fill(value);
  }
  if (body) await block.locator("textarea.body-param__text").fill(JSON.stringify(body, null, 2));
  const answered = page.waitForResponse((answer) => answer.request().method() === method.toUpperCase());
  await block.locator("button.execute").click();
  const answer = await answered;
  const shown = block.locator(".live-responses-table tbody tr").first();
  await shown.getByText(String(answer.status()), { exact: true }).first().waitFor();
  return { block, status: answer.status(), text: await shownBody(shown, answer) };
}

/** What stands on the page, which has to be what was answered. */
async function shownBody(shown, answer) {
  if (answer.status() === 204) return null;
  const text = await shown.locator(".highlight-code code").first().innerText();
  const body = JSON.parse(text);
  assert.deepEqual(body, await answer.json(), "the page shows the answer");
  return body;
}
