// The demo page: a feed, a post, a sign-in and an editor, by the address behind `#`.

import { type Api, connect, type Schemas } from "./api.ts";
import { button, element, field } from "./dom.ts";
import { editor } from "./editor.ts";
import { cover, paragraph } from "./pictures.ts";
import * as posts from "./posts.ts";
import { signIn, signOut, whoAmI } from "./session.ts";
import { type Kept, renewing } from "./renewal.ts";
import { inWords } from "./words.ts";

const AT_ONCE = 5;
const UNTIL = "signed-in-until";

// No script sees the cookies. All tabs share this, as they share the cookies.
const kept: Kept = {
  get until() {
    return Number(localStorage.getItem(UNTIL)) || null;
  },
  set until(moment) {
    localStorage.setItem(UNTIL, String(moment ?? ""));
    if (moment === null) askWho();
  },
};
const base = new URL("..", location.href).href.replace(/\/$/, "");
const api: Api = connect(base, renewing(base, kept));
const main = find("main");
const account = find("#account");
const problem = find("#problem");

function find(selector: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
}

function show(error: unknown): void {
  problem.textContent = inWords(error);
}

async function feed(): Promise<HTMLElement> {
  const newest = posts.published(api, AT_ONCE);
  const list = element("ol", { className: "feed" });
  const more = button("More", next, show);
  async function next(): Promise<void> {
    for (let shown = 0; shown < AT_ONCE; shown++) {
      const { value, done } = await newest.next();
      if (done) return more.remove();
      list.append(summary(value));
    }
  }
  await next();
  return element("section", {}, element("h2", {}, "Posts"), list, more);
}

function summary(post: Schemas["PostSummary"]): HTMLElement {
  const link = element("a", { href: `#/posts/${post.slug}` }, post.title);
  return element("li", {}, ...cover(base, post), element("h3", {}, link), element("p", {}, post.summary));
}

async function article(slug: string): Promise<HTMLElement> {
  const { data } = await posts.readBySlug(api, slug);
  const day = new Date(data.publishedAt ?? data.createdAt).toLocaleDateString();
  const paragraphs = data.body.trim().split(/\n{2,}/).map((each) => paragraph(base, data, each));
  const head = [element("h2", {}, data.title), element("p", { className: "day" }, day), ...cover(base, data)];
  return element("article", {}, ...head, ...paragraphs);
}

async function route(): Promise<void> {
  const [, place = "", slug = ""] = location.hash.split("/");
  problem.textContent = "";
  try {
    if (place === "posts") main.replaceChildren(await article(decodeURIComponent(slug)));
    else if (place === "write") main.replaceChildren(await editor(api, show, open));
    else main.replaceChildren(await feed());
  } catch (error) {
    main.replaceChildren();
    show(error);
  }
}

function open(slug: string): void {
  location.hash = `#/posts/${slug}`;
}

function greet(user: Schemas["UserOut"]): void {
  const leave = () => signOut(api, kept);
  account.replaceChildren(user.name, element("a", { href: "#/write" }, "Write"), button("Sign out", leave, show));
}

function askWho(): void {
  const email = element("input", { type: "email", name: "email", autocomplete: "username" });
  const password = element("input", { type: "password", name: "password", autocomplete: "current-password" });
  const enter = async () => greet(await signIn(api, kept, email.value, password.value));
  account.replaceChildren(field("E-mail", email), field("Password", password), button("Sign in", enter, show));
}

async function recognise(): Promise<void> {
  if (kept.until === null) return askWho();
  const user = await whoAmI(api).catch(() => null);
  if (user) greet(user);
  else askWho();
}

addEventListener("hashchange", route);
await recognise();
await route();
