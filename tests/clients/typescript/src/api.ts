// The API as a typed client, and its one kind of failure. Knows no resource.

import createClient, { type Client } from "openapi-fetch";

import type { components, paths } from "./schema.d.ts";

export type Schemas = components["schemas"];
export type Api = Client<paths>;
export type Code = Schemas["Failed"]["code"];

/** An answer with `success: false`. `code` is for programs, `message` for people. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: Code;
  readonly details: Schemas["Detail"][];
  readonly traceId: string;

  constructor(status: number, failed: Schemas["Failed"]) {
    super(failed.message);
    this.status = status;
    this.code = failed.code;
    this.details = failed.details;
    this.traceId = failed.traceId;
  }
}

export type Send = (request: Request) => Promise<Response>;

/** A browser sends its cookies and its origin by itself. */
export function connect(baseUrl: string, send: Send = fetch): Api {
  return createClient<paths>({ baseUrl, credentials: "include", fetch: send });
}

interface Refused {
  error: Schemas["Failed"];
}

interface Answer<Data> {
  data?: { data: Data };
  error?: Refused;
  response: Response;
}

export interface Tagged<Data> {
  data: Data;
  etag: string;
}

/** What the envelope holds; throws `ApiProblem` if that is a failure. */
export function opened<Data>({ data, error, response }: Answer<Data>): Data {
  if (data) return data.data;
  throw problem(response, error);
}

/** The same with the entity tag, which the next change sends as `If-Match`. */
export function tagged<Data>(answer: Answer<Data>): Tagged<Data> {
  const data = opened(answer);
  const etag = answer.response.headers.get("ETag");
  if (etag === null) throw new Error(`no entity tag from ${answer.response.url}`); // with "*" a change would overwrite
  return { data, etag };
}

/** For answers without a body. */
export function done({ error, response }: { error?: Refused; response: Response }): void {
  if (!response.ok) throw problem(response, error);
}

function problem(response: Response, error: Refused | undefined): Error {
  return error
    ? new ApiProblem(response.status, error.error)
    : new Error(`${response.status} without an envelope from ${response.url}`);
}
