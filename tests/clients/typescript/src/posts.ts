// Posts as an editor's page uses them: lists by cursor, changes by entity tag.

import { type Api, ApiProblem, done, opened, type Schemas, type Tagged, tagged } from "./api.ts";

export type Post = Tagged<Schemas["PostOut"]>;

/** All published posts, page by page, newest first. */
export async function* published(api: Api, limit: number): AsyncGenerator<Schemas["PostSummary"]> {
  let cursor: string | undefined;
  do {
    const query = { limit, cursor };
    const page: Schemas["PageOut_PostSummary_"] = opened(await api.GET("/v1/posts", { params: { query } }));
    yield* page.items;
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
}

/** The key lets the same click arrive twice. */
export async function create(api: Api, body: Schemas["NewPost"], key = crypto.randomUUID()): Promise<Post> {
  return tagged(await api.POST("/v1/posts", { body, headers: { "Idempotency-Key": key } }));
}

/** Which files its readers see. */
export async function showMedia(api: Api, post: Post, body: Schemas["PicturesIn"]): Promise<Post> {
  return tagged(await api.PUT("/v1/posts/{post_id}/media", { params: at(post), body }));
}

export async function submit(api: Api, post: Post): Promise<Post> {
  return tagged(await api.POST("/v1/posts/{post_id}/submit", { params: at(post) }));
}

export async function publish(api: Api, post: Post): Promise<Post> {
  return tagged(await api.POST("/v1/posts/{post_id}/publish", { params: at(post) }));
}

/** Someone else was faster; nothing was written. Whoever writes decides, and edits what is there `now`. */
export class Changed extends Error {
  readonly now: Post;

  constructor(now: Post) {
    super(`post ${now.data.postId} has version ${now.data.version}`);
    this.now = now;
  }
}

/** Throws `Changed` rather than overwrite what nobody here has seen. */
export async function edit(api: Api, post: Post, body: Schemas["PostPatch"]): Promise<Post> {
  try {
    return tagged(await api.PATCH("/v1/posts/{post_id}", { params: at(post), body }));
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.code !== "precondition-failed") throw error;
    throw new Changed(await read(api, post.data.postId));
  }
}

export async function read(api: Api, post_id: string): Promise<Post> {
  return tagged(await api.GET("/v1/posts/{post_id}", { params: { path: { post_id } } }));
}

export async function readBySlug(api: Api, slug: string): Promise<Post> {
  return tagged(await api.GET("/v1/posts/by-slug/{slug}", { params: { path: { slug } } }));
}

export async function remove(api: Api, post: Post): Promise<void> {
  done(await api.DELETE("/v1/posts/{post_id}", { params: at(post) }));
}

function at(post: Post) {
  return { path: { post_id: post.data.postId }, header: { "if-match": post.etag } };
}
