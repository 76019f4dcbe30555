// Pictures of posts, at addresses that everyone who may read the post can use. In a text: a paragraph `![name](media:id)` of its own.

import { type Api, type Schemas } from "./api.ts";
import { element } from "./dom.ts";
import { upload } from "./media.ts";

export const TYPES = ["image/png", "image/jpeg", "image/webp", "image/gif", "image/avif"] as const;
const PICTURE = /^!\[([^\]]*)\]\(media:([0-9A-Z]+)\)$/;

export async function uploadPicture(api: Api, file: File): Promise<Schemas["MediaOut"]> {
  const type = TYPES.find((each) => each === file.type);
  if (!type) throw new Error(`${file.name} is no picture`);
  return upload(api, file, file.name, type);
}

/** What a text says of a picture. */
export function line({ mediaId, name }: Schemas["MediaOut"]): string {
  return `![${name.replace(/[[\]]/g, "")}](media:${mediaId})`;
}

/** `base`: where the API is. */
export function paragraph(base: string, post: Schemas["PostOut"], text: string): HTMLElement {
  const [, alt = "", mediaId] = PICTURE.exec(text) ?? [];
  if (!mediaId) return element("p", {}, text);
  return element("img", { src: `${base}/v1/posts/${post.postId}/media/${mediaId}`, alt });
}

/** None or one. */
export function cover(base: string, { coverUrl }: { coverUrl: string | null }): HTMLElement[] {
  return coverUrl ? [element("img", { src: base + coverUrl, alt: "", className: "cover" })] : [];
}
