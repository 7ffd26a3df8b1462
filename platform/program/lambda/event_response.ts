import { Buffer } from "node:buffer";
import { STATUS_CODES } from "node:http";
import { readLimitedBody } from "@archway/server/limited_body.ts";
import type { EventForm } from "./http_event.ts";

/**
 * Maximum size of a response in bytes, with its encoding in JSON (AWS Lambda Developer Guide, "Lambda quotas"; Elastic Load
 * Balancing, "Use Lambda functions as targets").
 */
const MAX_BYTES: Readonly<Record<EventForm, number>> = {
  "gateway-1": 6_291_456,
  "gateway-2": 6_291_456,
  balancer: 1_048_576,
  "balancer-multi": 1_048_576,
};

/** Headers of a connection, which the gateway sets for its own. */
const CONNECTION_HEADERS = ["connection", "content-length", "keep-alive", "transfer-encoding"];

/** Options of {@link payloadOf}. */
export interface PayloadOptions {
  readonly form: EventForm;
  /** Aborts when the body must be complete. */
  readonly signal: AbortSignal;
}

/**
 * Returns a response in the form that the sender of an event expects. It is an error instead if the response is larger
 * than its maximum, or its body is not complete in time.
 */
export async function payloadOf(response: Response, { form, signal }: PayloadOptions): Promise<string> {
  const maxBytes = MAX_BYTES[form];
  const body = await readBody(response, { maxBytes, signal });
  if (typeof body !== "string") {
    const payload = encode(response, { form, body });
    if (Buffer.byteLength(payload) <= maxBytes) return payload;
  }
  const replaced = body === "late"
    ? problemResponse(504, "The response was not complete before the time limit of the function")
    : problemResponse(
      500,
      `The response is larger than ${maxBytes} bytes, the maximum here; request less, such as a smaller page`,
    );
  return encode(replaced, { form, body: new Uint8Array(await replaced.arrayBuffer()) });
}

/** Returns a problem that no request of the server has, without a type of its own (RFC 9457, section 4.2.1). */
export function problemResponse(status: 400 | 500 | 504, detail: string): Response {
  return new Response(JSON.stringify({ type: "about:blank", title: STATUS_CODES[status], status, detail }), {
    status,
    headers: { "Content-Type": "application/problem+json", "Cache-Control": "no-store" },
  });
}

/** Reads a body; stops when it is too large or late. */
async function readBody(
  { body }: Response,
  { maxBytes, signal }: { readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<Uint8Array | "large" | "late"> {
  const late = new AbortController();
  const end = (): void => late.abort();
  signal.addEventListener("abort", end, { once: true });
  // A complete body is read at once, and so is that of a response to a request without time left.
  if (signal.aborted) setTimeout(end);
  try {
    const { bytes, isCut } = await readLimitedBody(body, maxBytes, { signal: late.signal });
    return isCut ? "large" : bytes;
  } catch (error) {
    if (late.signal.aborted) return "late";
    throw error;
  } finally {
    signal.removeEventListener("abort", end);
  }
}

function encode(
  { status, headers }: Response,
  { form, body }: { readonly form: EventForm; readonly body: Uint8Array },
): string {
  const text = textOf(body);
  const cookies = headers.getSetCookie();
  const fields = headerFields(headers);
  const many = Object.fromEntries([
    ...Object.entries(fields).map(([name, value]) => [name, [value]]),
    ...(cookies.length === 0 ? [] : [["set-cookie", cookies]]),
  ]);
  return JSON.stringify({
    statusCode: status,
    ...(form.startsWith("balancer") &&
      { statusDescription: `${status} ${STATUS_CODES[status] ?? ""}`.trim() }),
    ...(form === "gateway-2"
      ? { headers: fields, cookies }
      : form === "balancer"
      ? { headers: { ...fields, ...distinctNames("set-cookie", cookies) } }
      : { multiValueHeaders: many }),
    body: text ?? Buffer.from(body).toString("base64"),
    isBase64Encoded: text === undefined,
  });
}

/** Returns the headers of a response for a gateway, without cookies. */
export function headerFields(headers: Headers): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {};
  headers.forEach((value, name) => {
    if (name !== "set-cookie" && !CONNECTION_HEADERS.includes(name)) fields[name] = value;
  });
  return fields;
}

/** Returns one property for each value, whose names differ in case only: the object has room for one of each name. */
function distinctNames(name: string, values: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(values.map((value, index) => {
    let bits = index;
    const distinct = name.replaceAll(/[a-z]/g, (letter) => {
      const isUpper = bits % 2 === 1;
      bits = Math.floor(bits / 2);
      return isUpper ? letter.toUpperCase() : letter;
    });
    return [distinct, value];
  }));
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Returns bytes as a text; undefined if they are none, such as those of a compressed body. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
