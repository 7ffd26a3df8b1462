import type { ToolEndpoint } from "@archway/service_kit/developer_tool.ts";
import type { CockpitState } from "../cockpit_state.ts";
import { dataEndpoints } from "./data_api.ts";
import { eventStream } from "./event_stream.ts";
import { faultEndpoints } from "./faults_api.ts";
import { refusalOf } from "./guard.ts";
import { requestEndpoints } from "./requests_api.ts";
import { type ViewEndpoint, ViewError } from "./view_endpoint.ts";

/** A stream of the charts of metrics and of their samples. */
const METRICS: ViewEndpoint = {
  method: "GET",
  path: "/metrics/live",
  handle: ({ state: { metrics, stopping } }) => eventStream((send) => metrics.watch(send), stopping),
};

/** Endpoints of all views. */
const ENDPOINTS: readonly ViewEndpoint[] = [
  ...requestEndpoints,
  METRICS,
  ...faultEndpoints,
  ...dataEndpoints,
];

/** Maximum size of the body of a POST, in characters. */
const MAX_BODY = 65_536;

/** Path of the inboxes of webhooks below that of the cockpit. */
const INBOX = "/inbox/";

/** Scripts and styles from the program alone; no page of others may contain the cockpit. */
const HEADERS = {
  "Cache-Control": "no-store",
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

/** Returns what serves the page and its endpoints below a path. */
export function createEndpoint(path: string, state: CockpitState): ToolEndpoint {
  return (request, peerAddress) => {
    const start = request.url.indexOf("/", request.url.indexOf("://") + 3);
    const target = start === -1 ? "" : request.url.slice(start);
    if (!target.startsWith(path) || !/^(?:$|[/?#])/.test(target.slice(path.length))) return undefined;
    return respond(request, { path, peerAddress, state });
  };
}

async function respond(
  request: Request,
  { path, peerAddress, state }: {
    readonly path: string;
    readonly peerAddress: string | undefined;
    readonly state: CockpitState;
  },
): Promise<Response> {
  // One that cannot be parsed is refused.
  const url = URL.parse(request.url);
  const [place = "", query = new URLSearchParams()] = [url?.pathname.slice(path.length), url?.searchParams];
  const isMessage = place.startsWith(INBOX);
  const refusal = refusalOf(request, peerAddress, { isMessage });
  if (refusal !== undefined) return failure(403, `The cockpit is served ${refusal}`);
  if (isMessage) {
    const services = state.program?.services ?? [];
    return await state.inbox.receive(request, { inbox: place.slice(INBOX.length), services }) ??
      failure(404, "The name of an inbox has 1 to 64 letters, digits, dots, hyphens and underscores");
  }
  if (place === "") return new Response(null, { status: 308, headers: { ...HEADERS, Location: `${path}/` } });
  if (!place.startsWith("/api/")) return await page(request, place);
  try {
    const found = find(request.method, place.slice("/api".length));
    if (found === undefined) return failure(404, "The cockpit has no such endpoint");
    const text = request.method === "POST" ? await request.text() : "";
    if (text.length > MAX_BODY) return failure(413, "The body is too large");
    const body = text === "" ? undefined : jsonOf(text);
    const { endpoint, parameters } = found;
    const value = await endpoint.handle({ state, parameters, query, body });
    if (value instanceof Response) {
      for (const [name, text] of Object.entries(HEADERS)) value.headers.set(name, text);
      return value;
    }
    return new Response(JSON.stringify(value ?? null, withoutBigInts), {
      headers: { ...HEADERS, "Content-Type": "application/json" },
    });
  } catch (error) {
    if (error instanceof ViewError) return failure(error.status, error.message);
    // Of a place in the address, which has percent-encoding and JSON.
    if (error instanceof URIError || error instanceof SyntaxError) {
      return failure(400, "The address is malformed");
    }
    return failure(500, error instanceof Error ? error.message : String(error));
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ViewError(400, "The body is not JSON");
  }
}

async function page({ method }: Request, place: string): Promise<Response> {
  if (method === "POST") return failure(405, "The page takes GET only");
  // Loaded with the first page, as most runs of the program show none.
  const { ASSETS } = await import("../page/assets.ts");
  const asset = ASSETS[place];
  if (asset === undefined) return failure(404, "The cockpit has no such page");
  return new Response(method === "HEAD" ? null : asset.text, {
    headers: { ...HEADERS, "Content-Type": asset.type },
  });
}

function find(
  method: string,
  place: string,
): { readonly endpoint: ViewEndpoint; readonly parameters: Readonly<Record<string, string>> } | undefined {
  const parts = place.split("/");
  for (const endpoint of ENDPOINTS) {
    const expected = endpoint.path.split("/");
    if (endpoint.method !== method || expected.length !== parts.length) continue;
    const parameters: Record<string, string> = {};
    const isMatch = expected.every((part, index) => {
      const text = parts[index] ?? "";
      if (!part.startsWith("{")) return part === text;
      parameters[part.slice(1, -1)] = decodeURIComponent(text);
      return true;
    });
    if (isMatch) return { endpoint, parameters };
  }
  return undefined;
}

function failure(status: number, error: string): Response {
  return new Response(JSON.stringify({ error }), {
    status,
    headers: { ...HEADERS, "Content-Type": "application/json" },
  });
}

function withoutBigInts(_name: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
