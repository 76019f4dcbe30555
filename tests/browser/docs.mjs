// usage: node tests/browser/docs.mjs URL [--screenshots FOLDER]
//
// Somebody who has only /docs: signs in, writes a post, brings it to the readers and finds it in the list.
// Asserts what the page shows, that it asks no other host, and how its cookies are kept.

import assert from "node:assert/strict";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { keptWell, visiting } from "./browser.mjs";
import { execute, openTags } from "./swagger.mjs";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { screenshots: { type: "string" } },
});
const [url] = positionals;
assert(url, "usage: node tests/browser/docs.mjs URL [--screenshots FOLDER]");

await visiting(url, visit);

async function visit(page) {
  await page.goto(`${url}/docs`);
  await page.locator(".opblock-tag").first().waitFor();
  await shoot(page, "docs");
  await openTags(page);
  const title = `Written under /docs, ${new Date().toISOString()}`;

  const { text: signedIn } = await execute(page, "post", "/v1/auth/login", {
    body: { email: "ada@example.com", password: "Demo-password-1" },
  });
  assert.equal(signedIn.data.user.role, "fm-web:admin");
  await keptWell(page);

  const made = await execute(page, "post", "/v1/posts", { body: { title, categoryId: "news", body: "Hello." } });
  assert.equal(made.status, 201);
  const post_id = made.text.data.postId;
  assert.equal(await step(page, "submit", post_id), "in-review");
  assert.equal(await step(page, "publish", post_id), "published");

  const list = await execute(page, "get", "/v1/posts", { fill: { category: "news", limit: "2" } });
  assert.equal(list.text.data.items[0].title, title, "the newest is the one just published");
  await list.block.locator(".responses-wrapper").scrollIntoViewIfNeeded();
  await shoot(page, "docs-list");

  const gone = await execute(page, "delete", "/v1/posts/{post_id}", { fill: { post_id } });
  assert.equal(gone.status, 204);
  const out = await execute(page, "post", "/v1/auth/logout");
  assert.equal(out.status, 204);
  assert.deepEqual(await page.context().cookies(), [], "signing out leaves no cookie");
  console.log(`signed in, wrote, published, listed and deleted ${post_id} under ${url}/docs`);
}

async function step(page, name, post_id) {
  const { text } = await execute(page, "post", `/v1/posts/{post_id}/${name}`, { fill: { post_id } });
  return text.data.status;
}

async function shoot(page, name) {
  if (options.screenshots) await page.screenshot({ path: join(options.screenshots, `${name}.png`) });
}
