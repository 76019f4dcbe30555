// usage: node src/program.ts URL
//
// What an editor does in an afternoon, against a local backend with its demo accounts. Exit code 1 if anything is
// not as the types and the contract say.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import { ApiProblem, opened } from "./api.ts";
import { connectWith, CookieJar } from "./cookies.ts";
import { upload } from "./media.ts";
import * as posts from "./posts.ts";
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
  const stranger = connectWith(new CookieJar(), url);
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
  const api = connectWith(jar, url);
  await refused(signIn(api, "grace@example.com", "wrong"), "login-refused");
  const grace = await signIn(api, "grace@example.com", PASSWORD);
  assert.equal(grace.role, "fm-web:editor");

  const key = randomUUID();
  const draft = await posts.create(api, { title: `From a program ${key}`, categoryId: "news" }, key);
  await posts.edit(api, draft, () => ({ summary: "A change from another tab." }));
  const edited = await posts.edit(api, draft, (now) => ({ body: `${now.summary} And this one.` }));
  assert.equal(edited.data.body, "A change from another tab. And this one.", "no change was overwritten");
  const published = await posts.publish(api, await posts.submit(api, edited));
  assert.equal(published.data.status, "published");
  console.log(`published ${published.data.slug}, version ${published.data.version}`);

  const file = await upload(api, new Blob([PNG], { type: "image/png" }), "dot.png", "image/png");
  assert.equal(file.status, "ready");
  console.log(`uploaded ${file.name}, ${file.size} bytes`);

  await refused(posts.remove(api, published), "forbidden");
  await signOut(api);
  assert.equal(jar.size, 0, "signing out takes the cookies back");
  await deleting(url, published);
}

async function deleting(url: string, post: posts.Post): Promise<void> {
  const api = connectWith(new CookieJar(), url);
  await signIn(api, "ada@example.com", PASSWORD);
  await posts.remove(api, post);
  await refused(posts.read(api, post.data.postId), "not-found");
  console.log("an administrator deleted it");
}

async function reading(url: string): Promise<void> {
  const api = connectWith(new CookieJar(), url);
  await signIn(api, "alan@example.com", PASSWORD);
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
