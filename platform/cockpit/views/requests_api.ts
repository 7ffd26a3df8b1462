import type { CockpitState } from "../cockpit_state.ts";
import {
  MAX_BODY,
  NOT_SHOWN,
  type RecordedRequest,
  type RequestDetail,
  type RequestSummary,
  summaryOf,
} from "../recorder/recorded_request.ts";
import { eventStream } from "./event_stream.ts";
import { fromFileUrl, readSource } from "./source_lines.ts";
import { fieldOf, type ViewEndpoint, ViewError, type ViewRequest } from "./view_endpoint.ts";

/** Number of rows of the list, and the interval in which new ones are sent. */
const MAX_ROWS = 200;
const LIVE_MS = 250;

/** Headers of a recorded request that are not sent again: they belong to its connection and trace. */
const NOT_RESENT =
  /^(?:connection|content-length|expect|host|keep-alive|te|traceparent|tracestate|transfer-encoding|upgrade|x-amzn-trace-id|x-request-id)$/;

/** Endpoints of the lists of requests and of one request. */
export const requestEndpoints: readonly ViewEndpoint[] = [
  { method: "GET", path: "/requests", handle: list },
  { method: "GET", path: "/requests/live", handle: live },
  { method: "POST", path: "/requests/example", handle: sendExample },
  { method: "GET", path: "/requests/{id}", handle: show },
  { method: "POST", path: "/requests/{id}/resend", handle: resend },
  { method: "POST", path: "/requests/{id}/explain", handle: explain },
  { method: "GET", path: "/requests/{id}/source", handle: source },
];

async function list({ state, query }: ViewRequest): Promise<readonly RequestSummary[]> {
  const isWanted = filterOf(query);
  const rows: RequestSummary[] = [];
  for await (const row of state.recorder.summaries()) {
    if (isWanted(row)) rows.push(row);
    if (rows.length === MAX_ROWS) break;
  }
  return rows;
}

/** Returns whether a row is wanted: `status` is a digit such as 5 for 5xx, `path` a part of the path. */
function filterOf(
  query: URLSearchParams,
): (row: Pick<RequestSummary, "status" | "method" | "path" | "route" | "requestId">) => boolean {
  const wanted = (name: string): string => query.get(name) ?? "";
  const [status, method, path, route] = [wanted("status"), wanted("method"), wanted("path"), wanted("route")];
  return (row) =>
    String(row.status).startsWith(status) && (method === "" || row.method === method) &&
    (route === "" || row.route === route) && `${row.path} ${row.requestId}`.includes(path);
}

/** Streams rows of requests as they end, and the number of those that were not recorded, as server-sent events. */
function live({ state, query }: ViewRequest): Response {
  const isWanted = filterOf(query);
  return eventStream((send) => {
    let waiting: RecordedRequest[] = [];
    let { leftOut } = state.recorder;
    const listening = state.recorder.listen((request) => {
      if (!isWanted(request)) return;
      waiting.push(request);
      if (waiting.length > MAX_ROWS) waiting.shift();
    });
    const timer = setInterval(() => {
      if (waiting.length === 0 && leftOut === state.recorder.leftOut) return;
      ({ leftOut } = state.recorder);
      send({ rows: waiting.map(summaryOf), leftOut });
      waiting = [];
    }, LIVE_MS);
    return {
      [Symbol.dispose](): void {
        clearInterval(timer);
        listening[Symbol.dispose]();
      },
    };
  }, state.stopping);
}

async function show({ state, parameters }: ViewRequest): Promise<unknown> {
  const detail = await state.recorder.detail(Number(parameters["id"]));
  if (detail === undefined) throw new ViewError(404, "The request is no longer recorded");
  return { ...detail, resendRefusal: refusalOf(detail, state), root: state.options.root };
}

/** Returns the reason why a request cannot be sent again as it was. */
function refusalOf(detail: RequestDetail, { recorder, program }: CockpitState): string | undefined {
  const { id, requestBody = "", requestBodyState, requestHeaders, subject } = detail;
  if (requestBodyState === "cut") {
    return `It cannot be sent again: of its body, the first ${MAX_BODY} bytes are recorded.`;
  }
  if (requestBodyState !== "whole") {
    return "It cannot be sent again: its body was read as a stream or not at all, and is not recorded.";
  }
  if (recorder.find(id) !== undefined) return undefined;
  const hasToken = subject !== undefined && program?.tokenOf !== undefined;
  const missing = requestHeaders.filter(([, value]) => value === NOT_SHOWN).map(([name]) => name);
  if (missing.some((name) => name !== "authorization" || !hasToken)) {
    return "It cannot be sent again: it is of an earlier run, and its credentials are not stored.";
  }
  return requestBody.includes("\ufffd")
    ? "It cannot be sent again: it is of an earlier run, and its body is no text."
    : undefined;
}

async function resend({ state, parameters }: ViewRequest): Promise<unknown> {
  const { recorder, program } = state;
  const detail = await recorder.detail(Number(parameters["id"]));
  if (detail === undefined) throw new ViewError(404, "The request is no longer recorded");
  const request = recorder.find(detail.id);
  const refusal = refusalOf(detail, state);
  if (refusal !== undefined) throw new ViewError(409, refusal);
  if (program === undefined) throw new ViewError(409, "The program does not serve yet");
  // With its credentials, if it is of this run; else with a development token, which may have more scopes.
  const recorded: Iterable<readonly [string, string]> = request?.requestHeaders ?? detail.requestHeaders;
  const headers = new Headers();
  for (const [name, value] of recorded) if (!NOT_RESENT.test(name)) headers.append(name, value);
  if (headers.get("authorization") === NOT_SHOWN) {
    headers.set("Authorization", `Bearer ${await program.tokenOf?.(detail.subject ?? "")}`);
  }
  const requestId = crypto.randomUUID();
  headers.set("X-Request-Id", requestId);
  const { path, query, method } = detail;
  const host = detail.requestHeaders.find(([name]) => name === "host")?.[1] ?? "127.0.0.1";
  const body = request?.requestBody?.slice() ?? detail.requestBody;
  const response = await program.send(
    new Request(`http://${host}${path}${query === "" ? "" : `?${query}`}`, {
      method,
      headers,
      ...(body !== undefined && body.length > 0 && { body }),
    }),
  );
  await response.body?.cancel();
  for (const other of recorder.recent()) if (other.requestId === requestId) return { id: other.id };
  return { status: response.status };
}

/** Sends a request that changes nothing, for a list without any. */
async function sendExample({ state: { program } }: ViewRequest): Promise<unknown> {
  if (program === undefined) throw new ViewError(409, "The program does not serve yet");
  const operations = program.services.flatMap(({ api }) => api?.routes ?? []).map(({ operation }) =>
    operation
  );
  const path = operations.find(({ method, path }) => method === "GET" && !path.includes("{"))?.path ??
    "/readyz";
  const response = await program.send(new Request(`http://127.0.0.1${path}`));
  await response.body?.cancel();
  return { path, status: response.status };
}

/** Returns the plan of a statement of a request, for parameters of any values: it is not run. */
async function explain({ state, parameters, body }: ViewRequest): Promise<unknown> {
  const detail = await state.recorder.detail(Number(parameters["id"]));
  const span = detail?.spans.find(({ id }) => id === fieldOf(body, "span"));
  const text = span?.attributes["db.query.text"];
  if (typeof text !== "string" || state.program === undefined) {
    throw new ViewError(404, "The request has no such statement");
  }
  // EXPLAIN would keep only the first of several statements from running.
  if (text.includes(";")) throw new ViewError(409, "A text with a semicolon is not explained");
  const count = Math.max(0, ...[...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)));
  const { rows } = await state.program.pool.reader().query<Record<string, string>>(
    `EXPLAIN (GENERIC_PLAN, VERBOSE) ${text}`,
    Array.from({ length: count }, () => null),
  );
  return { plan: rows.flatMap((row) => Object.values(row)) };
}

/** Returns the lines around a frame of the request; files that no frame of it names are not read. */
async function source({ state, parameters, query }: ViewRequest): Promise<unknown> {
  const detail = await state.recorder.detail(Number(parameters["id"]));
  const [url, line] = [query.get("url"), Number(query.get("line"))];
  if (detail === undefined || url === null) throw new ViewError(404, "The request is no longer recorded");
  const isFrame = JSON.stringify(detail.lines).includes(JSON.stringify(url));
  const path = fromFileUrl(url);
  if (!isFrame || path === undefined) throw new ViewError(404, "No line of the request names this file");
  return await readSource(path, { root: state.options.root, line });
}
