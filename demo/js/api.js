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
/** In a browser, which sends its cookies and its origin by itself. */
export function connect(baseUrl) {
    return createClient({ baseUrl, credentials: "include" });
}
/** What the envelope holds; throws `ApiProblem` if that is a failure. */
export function opened({ data, error, response }) {
    if (data)
        return data.data;
    throw problem(response, error);
}
/** The same with the entity tag, which the next change sends as `If-Match`. */
export function tagged(answer) {
    return { data: opened(answer), etag: answer.response.headers.get("ETag") ?? "*" };
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
