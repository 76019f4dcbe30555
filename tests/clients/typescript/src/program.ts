// usage: node src/program.ts URL
//
// What an editor does in an afternoon, against a local backend with its demo accounts. Exit code 1 if anything is
// not as the types and the contract say.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import { type Api, ApiProblem, opened } from "./api.ts";
import { connectWith, CookieJar } from "./cookies.ts";
import { upload } from "./media.ts";
import * as posts from "./posts.ts";
import type { Kept } from "./renewal.ts";
import { signIn, signOut } from "./session.ts";
import { inWords } from "./words.ts";

const PASSWORD = "Demo-password-1";
const PNG = Uint8Array.from(
  Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==", "base64"),
);

async function refused(attempt: Promise<unknown>, code: ApiProblem["code"]): Promise<void> {
  await assert.rejects(attempt, (error) => error instanceof ApiProblem && error.code === code, `wanted ${code}`);
}

async function listing(url: string): Promise<void> {
  const stranger = connectWith(new CookieJar(), url, { until: null });
  const seen: string[] = [];
  for await (const post of posts.published(stranger, 5)) seen.push(post.postId);
  assert(seen.length > 5, "the demo has more than a page");
  assert.equal(new Set(seen).size, seen.length, "no post comes twice");
  const cursor = { query: { cursor: "edited" } };
  await refused(stranger.GET("/v1/posts", { params: cursor }).then(opened), "invalid-cursor");
  await refused(posts.create(stranger, { title: "No", categoryId: "news" }), "credentials-missing");
  console.log(`listed ${seen.length} posts, page by page`);
}

async function writing(url: string): Promise<void> {
  const jar = new CookieJar();
  const kept: Kept = { until: null };
  const api = connectWith(jar, url, kept);
  await refused(signIn(api, kept, "grace@example.com", "wrong"), "login-refused");
  const grace = await signIn(api, kept, "grace@example.com", PASSWORD);
  assert.equal(grace.role, "fm-web:editor");

  const key = randomUUID();
  const draft = await posts.create(api, { title: `From a program ${key}`, categoryId: "news" }, key);
  const other = await posts.edit(api, draft, { body: "A change from another tab." });
  const changed = await posts.edit(api, draft, { body: "Blind." }).catch((error: unknown) => error);
  assert(changed instanceof posts.Changed, "no change is overwritten unseen");
  assert.deepEqual(changed.now, other);
  const edited = await posts.edit(api, changed.now, { body: `${changed.now.data.body} And this one.` });
  await staying(api, jar, kept, edited);
  const published = await posts.publish(api, await posts.submit(api, edited));
  assert.equal(published.data.status, "published");
  console.log(`published ${published.data.slug}, version ${published.data.version}`);

  const file = await upload(api, new Blob([PNG], { type: "image/png" }), "dot.png", "image/png");
  assert.equal(file.status, "ready");
  console.log(`uploaded ${file.name}, ${file.size} bytes`);

  await refused(posts.remove(api, published), "forbidden");
  await signOut(api, kept);
  assert.equal(jar.size, 0, "signing out takes the cookies back");
  await deleting(url, published);
}

/** One's own draft is 404 for a stranger, and nothing says that the cookie has ended. */
async function staying(api: Api, jar: CookieJar, kept: Kept, draft: posts.Post): Promise<void> {
  const ended = Date.now();
  kept.until = ended;
  jar.forget("fm-access");
  assert.equal((await posts.read(api, draft.data.postId)).etag, draft.etag, "refreshed before");
  assert(kept.until > ended);
  jar.forget("fm-access");
  assert.equal((await posts.edit(api, draft, { title: draft.data.title })).etag, draft.etag, "refreshed after 401");
  console.log("stayed signed in when the access cookie had ended");
}

async function deleting(url: string, post: posts.Post): Promise<void> {
  const kept = { until: null };
  const api = connectWith(new CookieJar(), url, kept);
  await signIn(api, kept, "ada@example.com", PASSWORD);
  await posts.remove(api, post);
  await refused(posts.read(api, post.data.postId), "not-found");
  console.log("an administrator deleted it");
}

async function reading(url: string): Promise<void> {
  const kept = { until: null };
  const api = connectWith(new CookieJar(), url, kept);
  await signIn(api, kept, "alan@example.com", PASSWORD);
  const denied = await posts.create(api, { title: "No", categoryId: "news" }).catch(inWords);
  assert.equal(denied, "Your role may not do that.");
  console.log("a viewer was told that writing is not for its role");
}

const [url] = process.argv.slice(2);
if (!url) {
  console.error("usage: node src/program.ts URL, such as http://localhost:8001");
  process.exit(2);
}
await listing(url);
await writing(url);
await reading(url);
