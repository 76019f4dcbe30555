// The API as a typed client, and its one kind of failure. Knows no resource.
import createClient, {} from "./openapi-fetch.js";
/** An answer with `success: false`. `code` is for programs, `message` for people. */
export class ApiProblem extends Error {
    status;
    code;
    details;
    traceId;
    constructor(status, failed) {
        super(failed.message);
        this.status = status;
        this.code = failed.code;
        this.details = failed.details;
        this.traceId = failed.traceId;
    }
}
/** A browser sends its cookies and its origin by itself. */
export function connect(baseUrl, send = fetch) {
    return createClient({ baseUrl, credentials: "include", fetch: send });
}
/** What the envelope holds; throws `ApiProblem` if that is a failure. */
export function opened({ data, error, response }) {
    if (data)
        return data.data;
    throw problem(response, error);
}
/** The same with the entity tag, which the next change sends as `If-Match`. */
export function tagged(answer) {
    const data = opened(answer);
    const etag = answer.response.headers.get("ETag");
    if (etag === null)
        throw new Error(`no entity tag from ${answer.response.url}`); // with "*" a change would overwrite
    return { data, etag };
}
/** For answers without a body. */
export function done({ error, response }) {
    if (!response.ok)
        throw problem(response, error);
}
function problem(response, error) {
    return error
        ? new ApiProblem(response.status, error.error)
        : new Error(`${response.status} without an envelope from ${response.url}`);
}
