// The demo page: a feed, a post, a sign-in and an editor, by the address behind `#`.
import { connect } from "./api.js";
import { button, element, field } from "./dom.js";
import { editor } from "./editor.js";
import { cover, paragraph } from "./pictures.js";
import * as posts from "./posts.js";
import { signIn, signOut, whoAmI } from "./session.js";
import { renewing } from "./renewal.js";
import { inWords } from "./words.js";
const AT_ONCE = 5;
const UNTIL = "signed-in-until";
// No script sees the cookies. All tabs share this, as they share the cookies.
const kept = {
    get until() {
        return Number(localStorage.getItem(UNTIL)) || null;
    },
    set until(moment) {
        localStorage.setItem(UNTIL, String(moment ?? ""));
        if (moment === null)
            askWho();
    },
};
const base = new URL("..", location.href).href.replace(/\/$/, "");
const api = connect(base, renewing(base, kept));
const main = find("main");
const account = find("#account");
const problem = find("#problem");
function find(selector) {
    const found = document.querySelector(selector);
    if (!found)
        throw new Error(`the page has no ${selector}`);
    return found;
}
function show(error) {
    problem.textContent = inWords(error);
}
async function feed() {
    const newest = posts.published(api, AT_ONCE);
    const list = element("ol", { className: "feed" });
    const more = button("More", next, show);
    async function next() {
        for (let shown = 0; shown < AT_ONCE; shown++) {
            const { value, done } = await newest.next();
            if (done)
                return more.remove();
            list.append(summary(value));
        }
    }
    await next();
    return element("section", {}, element("h2", {}, "Posts"), list, more);
}
function summary(post) {
    const link = element("a", { href: `#/posts/${post.slug}` }, post.title);
    return element("li", {}, ...cover(base, post), element("h3", {}, link), element("p", {}, post.summary));
}
async function article(slug) {
    const { data } = await posts.readBySlug(api, slug);
    const day = new Date(data.publishedAt ?? data.createdAt).toLocaleDateString();
    const paragraphs = data.body.trim().split(/\n{2,}/).map((each) => paragraph(base, data, each));
    const head = [element("h2", {}, data.title), element("p", { className: "day" }, day), ...cover(base, data)];
    return element("article", {}, ...head, ...paragraphs);
}
async function route() {
    const [, place = "", slug = ""] = location.hash.split("/");
    problem.textContent = "";
    try {
        if (place === "posts")
            main.replaceChildren(await article(decodeURIComponent(slug)));
        else if (place === "write")
            main.replaceChildren(await editor(api, show, open));
        else
            main.replaceChildren(await feed());
    }
    catch (error) {
        main.replaceChildren();
        show(error);
    }
}
function open(slug) {
    location.hash = `#/posts/${slug}`;
}
function greet(user) {
    const leave = () => signOut(api, kept);
    account.replaceChildren(user.name, element("a", { href: "#/write" }, "Write"), button("Sign out", leave, show));
}
function askWho() {
    const email = element("input", { type: "email", name: "email", autocomplete: "username" });
    const password = element("input", { type: "password", name: "password", autocomplete: "current-password" });
    const enter = async () => greet(await signIn(api, kept, email.value, password.value));
    account.replaceChildren(field("E-mail", email), field("Password", password), button("Sign in", enter, show));
}
async function recognise() {
    if (kept.until === null)
        return askWho();
    const user = await whoAmI(api).catch(() => null);
    if (user)
        greet(user);
    else
        askWho();
}
addEventListener("hashchange", route);
await recognise();
await route();
