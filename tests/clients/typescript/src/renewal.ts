// Keeps a page signed in. When the access cookie has ended, the API answers as to a stranger, often without a word.

import { connect, type Schemas, type Send } from "./api.ts";

/** When the access cookie ends, in milliseconds; null: nobody is signed in. A page keeps it where a reload finds it. */
export interface Kept {
  until: number | null;
}

const EARLY = 60_000;
const OF_COOKIES: ReadonlySet<unknown> = new Set(["credentials-missing", "credentials-wrong", "session-ended"]);

/** Refreshes before the access cookie ends, and once when a request is refused for want of it. */
export function renewing(baseUrl: string, kept: Kept, send: Send = fetch): Send {
  const api = connect(baseUrl, send);
  let renewal: Promise<void> | undefined;

  async function refresh(): Promise<void> {
    const { data, response } = await api.POST("/v1/auth/refresh");
    if (data) note(kept, data.data);
    else if (response.status === 401) kept.until = null; // the session is over
  }

  function renew(): Promise<void> {
    renewal ??= refresh().finally(() => (renewal = undefined)); // once for all requests of the moment
    return renewal;
  }

  return async (request) => {
    if (kept.until !== null && kept.until - Date.now() < EARLY) await renew();
    const again = request.clone();
    const answer = await send(request);
    if (answer.status !== 401) return answer;
    const { error } = await answer.clone().json();
    if (!OF_COOKIES.has(error.code)) return answer;
    if (kept.until !== null) await renew();
    else if (error.code === "credentials-missing") return answer;
    return send(again); // without a session as a stranger: the refusal took the cookies back
  };
}

export function note(kept: Kept, { accessExpiresAt }: Schemas["SignedInOut"]): void {
  kept.until = Date.parse(accessExpiresAt);
}
