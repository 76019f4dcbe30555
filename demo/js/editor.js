// The editor of the demo page: a draft, changed until it is published.
import {} from "./api.js";
import { choices } from "./categories.js";
import { button, element, field } from "./dom.js";
import { pictureLine, TYPES } from "./pictures.js";
import * as posts from "./posts.js";
/** `open` shows the post that was published. */
export async function editor(api, show, open) {
    const title = element("input", { name: "title" });
    const body = element("textarea", { name: "body", rows: 12 });
    const picture = element("input", { type: "file", accept: TYPES.join() });
    const state = element("output", {}, "not saved");
    const options = (await choices(api)).map(({ categoryId, label }) => element("option", { value: categoryId }, label));
    const category = element("select", { name: "category" }, ...options);
    let post;
    const save = async () => {
        const file = picture.files?.[0];
        if (file)
            body.value += `\n\n${await pictureLine(api, file)}`;
        picture.value = "";
        const text = { title: title.value, body: body.value, categoryId: category.value };
        post = post
            ? await posts.edit(api, post, () => ({ title: text.title, body: text.body }))
            : await posts.create(api, text);
        category.disabled = true; // a post is moved by another request
        state.value = `${post.data.status}, version ${post.data.version}`;
        return post;
    };
    const publish = async () => {
        const { data } = await posts.publish(api, await posts.submit(api, await save()));
        open(data.slug);
    };
    return element("section", { className: "editor" }, element("h2", {}, "Write"), field("Title", title), field("Category", category), field("Text", body), field("Picture", picture), element("p", {}, button("Save", async () => void (await save()), show), button("Publish", publish, show), state));
}
