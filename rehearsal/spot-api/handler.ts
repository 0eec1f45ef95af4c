import { type IncomingMessage, type RequestListener, type ServerResponse, STATUS_CODES } from "node:http";
import { ApiError } from "./api-error";
import { type Ids } from "./ids";
import { type Json, type JsonObject } from "./json";
import { type Recorder } from "./recorder";
import { type Account, answerOf, isUpdate } from "./routes";
import { type Clock } from "./groups";
import { type Allowance, type RateLimit } from "./rate-limit";

/** Properties of the HTTP handler. */
export interface HandlerProps {
  readonly account: Account;
  readonly recorder: Recorder;
  readonly ids: Ids;
  readonly clock: Clock;
  /** The valid bearer token. */
  readonly token: string;
  /** The valid `accountId`. It is optional in a request. */
  readonly accountId: string;
  /** Whether this update of a group fails. */
  readonly failUpdate: () => boolean;
  /** @default - any number of requests */
  readonly rateLimit?: RateLimit;
}

/** The largest body, in bytes: larger than any group. */
const bodyLimit = 4 * 1024 * 1024;

/** Handles requests. Successful responses have the status 200, and every error is JSON in the API's format. */
export function handler(props: HandlerProps): RequestListener {
  return (request, response) => {
    void respond(props, request, response);
  };
}

async function respond(
  props: HandlerProps,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = "GET", url: path = "/" } = request;
  let body: Json | undefined;
  let status = 200;
  let result: JsonObject;
  let allowance: Allowance | undefined;
  try {
    const text = await textOf(request);
    const url = new URL(path, "https://api.spotinst.io");
    authorize(props, request.headers.authorization, url);
    allowance = props.rateLimit?.take(method, url.pathname);
    if (allowance?.isExceeded) throw ApiError.of(429, "TOO_MANY_REQUESTS", "Rate limit exceeded");
    body = parse(text);
    if (isUpdate(method, url) && props.failUpdate()) {
      throw ApiError.of(400, "INTERNAL_ERROR", "this update was configured to fail");
    }
    const answer = answerOf(props.account, method, url, body);
    result = answer === undefined ? {} : { ...answer, count: answer.items.length };
  } catch (error) {
    const refusal = error instanceof ApiError ? error : ApiError.of(500, "INTERNAL_ERROR", String(error));
    status = refusal.status;
    // The real API has no list of errors in this one answer.
    if (status === 429) result = { data: "Rate limit exceeded" };
    else result = { errors: refusal.problems.map((problem) => ({ ...problem })) };
  }
  props.recorder.record({ method, path, ...(body === undefined ? {} : { body }), status });
  const envelope: JsonObject = {
    request: { id: props.ids.nextRequest(), url: path, method, timestamp: props.clock().toISOString() },
    response: { status: { code: status, message: STATUS_CODES[status] ?? "" }, ...result },
  };
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headersOf(allowance) });
  response.end(JSON.stringify(envelope));
}

function headersOf(allowance?: Allowance): Record<string, string> {
  if (allowance === undefined) return {};
  return {
    "x-ratelimit-limit": String(allowance.limit),
    "x-ratelimit-remaining": String(allowance.remaining),
    "x-ratelimit-reset": String(allowance.reset),
  };
}

function authorize({ token, accountId }: HandlerProps, authorization: string | undefined, url: URL): void {
  if (authorization !== `Bearer ${token}`) {
    throw ApiError.of(401, "UNAUTHORIZED", "the bearer token is missing or unknown");
  }
  const asked = url.searchParams.get("accountId");
  if (asked !== null && asked !== accountId) {
    throw ApiError.of(403, "FORBIDDEN", `the token has no access to account ${asked}`, "query:accountId");
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > bodyLimit) throw ApiError.of(413, "PAYLOAD_TOO_LARGE", `the body exceeds ${bodyLimit} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parse(text: string): Json | undefined {
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw ApiError.of(400, "ValidationError", "the body is not valid JSON", "body");
  }
}
