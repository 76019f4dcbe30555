// A browser keeps cookies by itself, and says its origin; a program under Node has this. Knows no route.

import { type Api, connect } from "./api.ts";
import { type Kept, renewing } from "./renewal.ts";

interface Cookie {
  value: string;
  path: string;
}

export class CookieJar {
  readonly #kept = new Map<string, Cookie>();

  /** What a browser would send to a path. */
  header(path: string): string {
    return [...this.#kept]
      .filter(([, cookie]) => path.startsWith(cookie.path))
      .map(([name, cookie]) => `${name}=${cookie.value}`)
      .join("; ");
  }

  /** Takes what an answer sets; `Max-Age=0` is how an answer takes a cookie back. */
  keep(answer: Response): void {
    for (const line of answer.headers.getSetCookie()) {
      const [pair = "", ...attributes] = line.split("; ");
      const name = pair.slice(0, pair.indexOf("="));
      const named = (key: string) =>
        attributes.find((each) => each.toLowerCase().startsWith(`${key}=`))?.slice(key.length + 1);
      if (named("max-age") === "0") this.#kept.delete(name);
      else this.#kept.set(name, { value: pair.slice(name.length + 1), path: named("path") ?? "/" });
    }
  }

  /** As a browser does when a cookie's time is over. */
  forget(ending: string): void {
    for (const name of this.#kept.keys()) if (name.endsWith(ending)) this.#kept.delete(name);
  }

  get size(): number {
    return this.#kept.size;
  }
}

export function connectWith(jar: CookieJar, baseUrl: string, kept: Kept): Api {
  const send = async (request: Request) => {
    request.headers.set("Cookie", jar.header(new URL(request.url).pathname));
    request.headers.set("Origin", baseUrl);
    const answer = await fetch(request);
    jar.keep(answer);
    return answer;
  };
  return connect(baseUrl, renewing(baseUrl, kept, send));
}
