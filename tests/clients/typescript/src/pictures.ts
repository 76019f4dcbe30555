// Pictures in a text: a paragraph `![name](media:id)` of its own. The bucket has them for those who are signed in.

import { type Api } from "./api.ts";
import { element } from "./dom.ts";
import { address, upload } from "./media.ts";

export const TYPES = ["image/png", "image/jpeg", "image/webp", "image/gif"] as const;
const PICTURE = /^!\[([^\]]*)\]\(media:([0-9A-Z]+)\)$/;

/** Uploads the file; answers what the text says of it. */
export async function pictureLine(api: Api, file: File): Promise<string> {
  const type = TYPES.find((each) => each === file.type);
  if (!type) throw new Error(`${file.name} is no picture`);
  const { mediaId, name } = await upload(api, file, file.name, type);
  return `![${name.replace(/[[\]]/g, "")}](media:${mediaId})`;
}

/** `isKnown`: the reader is signed in; others read the picture's name. */
export async function paragraph(api: Api, text: string, isKnown: boolean): Promise<HTMLElement> {
  const [, alt = "", mediaId] = PICTURE.exec(text) ?? [];
  if (!mediaId) return element("p", {}, text);
  if (!isKnown) return element("p", {}, alt);
  return element("img", { src: await address(api, mediaId), alt });
}
