// Posts as an editor's page uses them: lists by cursor, changes by entity tag.
import { ApiProblem, done, opened, tagged } from "./api.js";
/** All published posts, page by page, newest first. */
export async function* published(api, limit) {
    let cursor;
    do {
        const query = { limit, cursor };
        const page = opened(await api.GET("/v1/posts", { params: { query } }));
        yield* page.items;
        cursor = page.nextCursor ?? undefined;
    } while (cursor);
}
/** The key lets the same click arrive twice. */
export async function create(api, body, key = crypto.randomUUID()) {
    return tagged(await api.POST("/v1/posts", { body, headers: { "Idempotency-Key": key } }));
}
/** Which files its readers see. */
export async function showMedia(api, post, body) {
    return tagged(await api.PUT("/v1/posts/{post_id}/media", { params: at(post), body }));
}
export async function submit(api, post) {
    return tagged(await api.POST("/v1/posts/{post_id}/submit", { params: at(post) }));
}
export async function publish(api, post) {
    return tagged(await api.POST("/v1/posts/{post_id}/publish", { params: at(post) }));
}
/** Someone else was faster; nothing was written. Whoever writes decides, and edits what is there `now`. */
export class Changed extends Error {
    now;
    constructor(now) {
        super(`post ${now.data.postId} has version ${now.data.version}`);
        this.now = now;
    }
}
/** Throws `Changed` rather than overwrite what nobody here has seen. */
export async function edit(api, post, body) {
    try {
        return tagged(await api.PATCH("/v1/posts/{post_id}", { params: at(post), body }));
    }
    catch (error) {
        if (!(error instanceof ApiProblem) || error.code !== "precondition-failed")
            throw error;
        throw new Changed(await read(api, post.data.postId));
    }
}
export async function read(api, post_id) {
    return tagged(await api.GET("/v1/posts/{post_id}", { params: { path: { post_id } } }));
}
export async function readBySlug(api, slug) {
    return tagged(await api.GET("/v1/posts/by-slug/{slug}", { params: { path: { slug } } }));
}
export async function remove(api, post) {
    done(await api.DELETE("/v1/posts/{post_id}", { params: at(post) }));
}
function at(post) {
    return { path: { post_id: post.data.postId }, header: { "if-match": post.etag } };
}
