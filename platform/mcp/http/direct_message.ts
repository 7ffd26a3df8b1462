import {
  classifyInboundRequest,
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  LOG_LEVEL_META_KEY,
  PROTOCOL_VERSION_META_KEY,
  SUPPORTED_PROTOCOL_VERSIONS,
} from "@modelcontextprotocol/server";
import { isObject, type JsonObject, textOf } from "@archway/service_kit/json_object.ts";

/** A call or list in the form of usual clients, which needs no server of the SDK. */
export interface DirectMessage {
  readonly id: string | number;
  /** Tool to call; undefined for a list. */
  readonly call: { readonly name: string; readonly input: JsonObject } | undefined;
  /** Whether it is of the revision without a handshake. */
  readonly isCurrent: boolean;
}

/** Revision without a handshake, whose messages and header fields each say what they are. */
const CURRENT_REVISION = "2026-07-28";

const MESSAGE_KEYS = new Set(["jsonrpc", "id", "method", "params"]);
const CALL_KEYS = new Set(["name", "arguments", "_meta"]);
const LIST_KEYS = new Set(["_meta"]);
const PROGRESS_KEYS = new Set(["progressToken"]);
/** Keys that say who the client is, which the SDK judges. */
const ENVELOPE_KEYS = [
  ...[PROTOCOL_VERSION_META_KEY, CLIENT_INFO_META_KEY],
  ...[CLIENT_CAPABILITIES_META_KEY, LOG_LEVEL_META_KEY],
];
const CURRENT_KEYS = new Set([...ENVELOPE_KEYS, ...PROGRESS_KEYS, "traceparent", "tracestate", "baggage"]);
const NONE: JsonObject = {};

/**
 * Returns a message that is exactly of a known form. Everything else is undefined and left to the SDK, valid or not, so
 * that no rule of the protocol is written a second time.
 */
export function readDirectMessage(message: JsonObject, headers: JsonObject): DirectMessage | undefined {
  const { jsonrpc, id, method, params = NONE } = message;
  if (jsonrpc !== "2.0" || !isId(id) || !isObject(params) || !hasOnly(message, MESSAGE_KEYS)) {
    return undefined;
  }
  const { name, arguments: input = NONE, _meta: meta } = params;
  const version = headers["Mcp-Protocol-Version"];
  const isCurrent = version === CURRENT_REVISION;
  if (
    isCurrent
      ? !isCurrentMeta(meta) || headers["Mcp-Method"] !== method
      : !isEarlier({ meta, version, headers })
  ) {
    return undefined;
  }
  if (method === "tools/list") {
    return hasOnly(params, LIST_KEYS) ? { id, call: undefined, isCurrent } : undefined;
  }
  if (method !== "tools/call" || typeof name !== "string" || !isObject(input)) return undefined;
  if (!hasOnly(params, CALL_KEYS) || Object.hasOwn(input, "__proto__")) return undefined;
  if (isCurrent && headers["Mcp-Name"] !== name) return undefined;
  return { id, call: { name, input }, isCurrent };
}

/** Whether a message is one of the earlier revisions, whose clients accept streams. */
function isEarlier(
  { meta, version, headers }: {
    readonly meta: unknown;
    readonly version: unknown;
    readonly headers: JsonObject;
  },
): boolean {
  const accept = textOf(headers["Accept"]) ?? "";
  return (version === undefined || SUPPORTED_PROTOCOL_VERSIONS.includes(String(version))) &&
    accept.includes("application/json") && accept.includes("text/event-stream") &&
    (meta === undefined || (isObject(meta) && hasOnly(meta, PROGRESS_KEYS) && hasProgressToken(meta)));
}

function isCurrentMeta(meta: unknown): boolean {
  return isObject(meta) && meta[PROTOCOL_VERSION_META_KEY] === CURRENT_REVISION &&
    hasOnly(meta, CURRENT_KEYS) && hasProgressToken(meta) && isEnvelope(meta);
}

/** Texts of envelopes that the SDK accepts: clients send the same one with every message. */
const ACCEPTED = new Set<string>();
const MAX_ACCEPTED = 200;
const MAX_LENGTH = 2_000;

/** Whether the SDK accepts what a message says about its client. */
function isEnvelope(meta: JsonObject): boolean {
  const values = ENVELOPE_KEYS.map((key) => meta[key]);
  // JSON of a list would not distinguish these from absent ones.
  if (values.includes(null)) return false;
  const text = JSON.stringify(values);
  if (ACCEPTED.has(text)) return true;
  if (text.length > MAX_LENGTH) return false;
  const envelope = Object.fromEntries(ENVELOPE_KEYS.flatMap((key) => key in meta ? [[key, meta[key]]] : []));
  const { kind } = classifyInboundRequest({
    httpMethod: "POST",
    protocolVersionHeader: CURRENT_REVISION,
    body: { jsonrpc: "2.0", id: 1, method: "tools/list", params: { _meta: envelope } },
  });
  if (kind !== "modern") return false;
  if (ACCEPTED.size >= MAX_ACCEPTED) ACCEPTED.clear();
  ACCEPTED.add(text);
  return true;
}

function hasProgressToken({ progressToken }: JsonObject): boolean {
  return progressToken === undefined || isId(progressToken);
}

function isId(value: unknown): value is string | number {
  return typeof value === "string" || Number.isSafeInteger(value);
}

function hasOnly(value: JsonObject, keys: ReadonlySet<string>): boolean {
  for (const key of Object.keys(value)) if (!keys.has(key)) return false;
  return true;
}
