// The editor of the demo page: a draft, changed until it is published.
import {} from "./api.js";
import { choices } from "./categories.js";
import { button, element, field } from "./dom.js";
import { line, TYPES, uploadPicture } from "./pictures.js";
import * as posts from "./posts.js";
/** `open` shows the post that was published. */
export async function editor(api, show, open) {
    const title = element("input", { name: "title" });
    const body = element("textarea", { name: "body", rows: 12 });
    const [cover, picture] = [chooser(), chooser()];
    const state = element("output", {}, "not saved");
    const options = (await choices(api)).map(({ categoryId, label }) => element("option", { value: categoryId }, label));
    const category = element("select", { name: "category" }, ...options);
    const question = element("section", { className: "question" });
    const shown = { coverMediaId: null, mediaIds: [] };
    let post;
    // Someone else saved first: both texts are shown, and the writer says which one stays.
    const ask = (now) => {
        const decide = (work) => async () => {
            post = now;
            question.replaceChildren();
            await work();
        };
        const takeTheirs = async () => {
            title.value = now.data.title;
            body.value = now.data.body;
            category.value = now.data.categoryId;
            state.value = `${now.data.status}, version ${now.data.version}`;
        };
        question.replaceChildren(element("h3", {}, `Saved by someone else: ${now.data.title}`), element("pre", {}, now.data.body), button("Keep mine", decide(async () => void (await save())), show), button("Take theirs", decide(takeTheirs), show));
    };
    const save = async () => {
        const [front, inline] = [await uploaded(api, cover), await uploaded(api, picture)];
        if (front)
            shown.coverMediaId = front.mediaId;
        if (inline) {
            body.value += `\n\n${line(inline)}`;
            shown.mediaIds.push(inline.mediaId);
        }
        const text = { title: title.value, body: body.value, categoryId: category.value };
        try {
            post = post ? await posts.edit(api, post, text) : await posts.create(api, text);
        }
        catch (error) {
            if (error instanceof posts.Changed)
                ask(error.now);
            throw error;
        }
        post = await posts.showMedia(api, post, shown); // what is the same stays, version and all
        state.value = `${post.data.status}, version ${post.data.version}`;
        return post;
    };
    const publish = async () => {
        const { data } = await posts.publish(api, await posts.submit(api, await save()));
        open(data.slug);
    };
    return element("section", { className: "editor" }, element("h2", {}, "Write"), field("Title", title), field("Category", category), field("Text", body), field("Cover", cover), field("Picture", picture), element("p", {}, button("Save", async () => void (await save()), show), button("Publish", publish, show), state), question);
}
function chooser() {
    return element("input", { type: "file", accept: TYPES.join() });
}
/** What was chosen, once: it is chosen no more. */
async function uploaded(api, from) {
    const file = from.files?.[0];
    const media = file && (await uploadPicture(api, file));
    from.value = "";
    return media;
}
