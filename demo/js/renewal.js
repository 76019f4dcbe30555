// Keeps a page signed in. When the access cookie has ended, the API answers as to a stranger, often without a word.
import { connect } from "./api.js";
const EARLY = 60_000;
const OF_COOKIES = new Set(["credentials-missing", "credentials-wrong", "session-ended"]);
/** Refreshes before the access cookie ends, and once when a request is refused for want of it. */
export function renewing(baseUrl, kept, send = fetch) {
    const api = connect(baseUrl, send);
    let renewal;
    async function refresh() {
        const { data, response } = await api.POST("/v1/auth/refresh");
        if (data)
            note(kept, data.data);
        else if (response.status === 401)
            kept.until = null; // the session is over
    }
    function renew() {
        renewal ??= refresh().finally(() => (renewal = undefined)); // once for all requests of the moment
        return renewal;
    }
    return async (request) => {
        if (kept.until !== null && kept.until - Date.now() < EARLY)
            await renew();
        const again = request.clone();
        const answer = await send(request);
        if (answer.status !== 401)
            return answer;
        const { error } = await answer.clone().json();
        if (!OF_COOKIES.has(error.code))
            return answer;
        if (kept.until !== null)
            await renew();
        else if (error.code === "credentials-missing")
            return answer;
        return send(again); // without a session as a stranger: the refusal took the cookies back
    };
}
export function note(kept, { accessExpiresAt }) {
    kept.until = Date.parse(accessExpiresAt);
}
