// Pictures in a text: a paragraph `![name](media:id)` of its own. The bucket has them for those who are signed in.
import {} from "./api.js";
import { element } from "./dom.js";
import { address, upload } from "./media.js";
export const TYPES = ["image/png", "image/jpeg", "image/webp", "image/gif"];
const PICTURE = /^!\[([^\]]*)\]\(media:([0-9A-Z]+)\)$/;
/** Uploads the file; answers what the text says of it. */
export async function pictureLine(api, file) {
    const type = TYPES.find((each) => each === file.type);
    if (!type)
        throw new Error(`${file.name} is no picture`);
    const { mediaId, name } = await upload(api, file, file.name, type);
    return `![${name.replace(/[[\]]/g, "")}](media:${mediaId})`;
}
/** `isKnown`: the reader is signed in; others read the picture's name. */
export async function paragraph(api, text, isKnown) {
    const [, alt = "", mediaId] = PICTURE.exec(text) ?? [];
    if (!mediaId)
        return element("p", {}, text);
    if (!isKnown)
        return element("p", {}, alt);
    return element("img", { src: await address(api, mediaId), alt });
}
