// Pictures of posts, at addresses that everyone who may read the post can use. In a text: a paragraph `![name](media:id)` of its own.
import {} from "./api.js";
import { element } from "./dom.js";
import { upload } from "./media.js";
export const TYPES = ["image/png", "image/jpeg", "image/webp", "image/gif", "image/avif"];
const PICTURE = /^!\[([^\]]*)\]\(media:([0-9A-Z]+)\)$/;
export async function uploadPicture(api, file) {
    const type = TYPES.find((each) => each === file.type);
    if (!type)
        throw new Error(`${file.name} is no picture`);
    return upload(api, file, file.name, type);
}
/** What a text says of a picture. */
export function line({ mediaId, name }) {
    return `![${name.replace(/[[\]]/g, "")}](media:${mediaId})`;
}
/** `base`: where the API is. */
export function paragraph(base, post, text) {
    const [, alt = "", mediaId] = PICTURE.exec(text) ?? [];
    if (!mediaId)
        return element("p", {}, text);
    return element("img", { src: `${base}/v1/posts/${post.postId}/media/${mediaId}`, alt });
}
/** None or one. */
export function cover(base, { coverUrl }) {
    return coverUrl ? [element("img", { src: base + coverUrl, alt: "", className: "cover" })] : [];
}
