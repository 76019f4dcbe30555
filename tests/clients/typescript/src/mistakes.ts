// Mistakes that must not compile. Nothing runs this: under each remark the compiler has to find its error, and
// a remark without one is an error itself.

import { type Api, ApiProblem, opened } from "./api.ts";

export async function mistakes(api: Api, error: unknown): Promise<void> {
  // @ts-expect-error: there is no such route
  await api.GET("/v1/articles");

  // @ts-expect-error: a post cannot be made without a body
  await api.POST("/v1/posts");

  // @ts-expect-error: a category is missing
  await api.POST("/v1/posts", { body: { title: "Without a category" } });

  // @ts-expect-error: names are written in camelCase
  await api.POST("/v1/posts", { body: { title: "Wrongly named", category_id: "news" } });

  // @ts-expect-error: no post has this status
  await api.GET("/v1/posts", { params: { query: { status: "deleted" } } });

  // @ts-expect-error: files of this type are not taken
  await api.POST("/v1/media", { body: { name: "page.html", contentType: "text/html", size: 1 } });

  // @ts-expect-error: a title cannot be emptied
  await api.PATCH("/v1/posts/{post_id}", { params: certain, body: { title: null } });

  // @ts-expect-error: an edit has to say which state it is made from
  await api.PATCH("/v1/posts/{post_id}", { params: { path: certain.path }, body: { title: "Blind" } });

  const post = opened(await api.GET("/v1/posts/{post_id}", { params: { path: certain.path } }));
  // @ts-expect-error: a draft was never published, so there may be no moment
  post.publishedAt.slice(0, 10);
  // @ts-expect-error: answers have no such field
  post.category_id.trim();

  const signedIn = opened(
    await api.POST("/v1/auth/login", { body: { email: "ada@example.com", password: "Demo-password-1" } }),
  );
  // @ts-expect-error: there may be a challenge in place of a user
  signedIn.user.role.trim();

  const answer = await api.GET("/v1/posts");
  // @ts-expect-error: nobody looked whether there is data
  answer.data.data.items.at(0);

  if (error instanceof ApiProblem) {
    // @ts-expect-error: no failure has this code
    if (error.code === "NOT_FOUND") throw error;
  }
}

const certain = { path: { post_id: "01JD9GZ2J0V5X7Q3M8K4T6B1RA" }, header: { "if-match": '"1"' } };
