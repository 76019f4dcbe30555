// usage: node tests/browser/demo.mjs URL
//
// Somebody who has only /demo: reads the feed, signs in, writes a post, settles a conflict, reads it as a stranger.

import assert from "node:assert/strict";

import { keptWell, visiting } from "./browser.mjs";

const [url] = process.argv.slice(2);
assert(url, "usage: node tests/browser/demo.mjs URL");
const title = `Written under /demo, ${new Date().toISOString()}`;
const text = "First paragraph. <b>No markup.</b>\n\nSecond paragraph.";
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==",
  "base64",
);

const CONFLICT = "Failed to load resource: the server responded with a status of 412 (Precondition Failed)";

await visiting(url, visit, [CONFLICT]);

async function visit(page) {
  await page.goto(`${url}/demo`);
  const feed = page.locator(".feed li");
  await feed.first().waitFor();
  const first = await feed.count();
  await page.getByRole("button", { name: "More" }).click();
  await feed.nth(first).waitFor();

  await signIn(page);
  await keptWell(page);
  await page.reload();
  await page.getByRole("link", { name: "Write" }).click();
  await page.getByLabel("Title").fill(title);
  await page.getByLabel("Category").selectOption("news");
  await page.getByLabel("Text").fill("To be changed.");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("draft, version 1").waitFor();
  await page.evaluate(changeElsewhere);
  await page.getByLabel("Text").fill(text);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("From another tab.").waitFor();
  await page.getByText("Someone else changed it meanwhile").waitFor();
  await page.getByRole("button", { name: "Keep mine" }).click();
  await page.getByText("draft, version 3").waitFor();
  await page.getByLabel("Cover").setInputFiles({ name: "cover.png", mimeType: "image/png", buffer: PNG });
  await page.getByLabel("Picture").setInputFiles({ name: "dot.png", mimeType: "image/png", buffer: PNG });
  await page.getByRole("button", { name: "Publish" }).click();
  const picture = page.getByRole("img", { name: "dot.png" });
  await picture.waitFor();
  await shown(page, 2);
  const led = await page.request.get(await picture.getAttribute("src"), { maxRedirects: 0 });
  const bucket = new URL(led.headers().location).host;

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  assert.deepEqual(await page.context().cookies(), [], "signing out leaves no cookie");
  await page.getByRole("link", { name: "Demo" }).click();
  await page.locator(".feed li", { hasText: title }).locator("img.cover").waitFor();
  await page.locator(".feed").getByRole("link", { name: title }).click();
  await page.locator("article").getByRole("heading", { name: title }).waitFor();
  assert.deepEqual(await page.locator("article p:not(.day)").allInnerTexts(), text.split("\n\n"));
  await shown(page, 2); // a stranger sees what its author did
  console.log(`read, signed in, wrote, uploaded a picture and published under ${url}/demo`);
  return [bucket];
}

async function shown(page, pictures) {
  await page.waitForFunction(
    (wanted) => [...document.querySelectorAll("article img")].filter((each) => each.naturalWidth === 1).length === wanted,
    pictures,
  );
}

async function signIn(page) {
  await page.getByLabel("E-mail").fill("ada@example.com");
  await page.getByLabel("Password").fill("Demo-password-1");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Ada").waitFor();
}

/** Runs in the page: the draft that was saved last gets another text. */
async function changeElsewhere() {
  const drafts = await (await fetch("/v1/posts?status=draft&limit=1")).json();
  const headers = { "Content-Type": "application/json", "If-Match": '"1"' };
  const body = JSON.stringify({ body: "From another tab." });
  const answer = await fetch(`/v1/posts/${drafts.data.items[0].postId}`, { method: "PATCH", headers, body });
  if (!answer.ok) throw new Error(`the change elsewhere was answered ${answer.status}`);
}
