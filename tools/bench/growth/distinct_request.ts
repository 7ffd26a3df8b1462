import { Buffer } from "node:buffer";

/** Request line, header fields and body of one kind of requests, which no two numbers have in common. */
type Shape = (id: string, hex: string) => {
  readonly line: string;
  readonly fields?: readonly string[];
  readonly body?: string;
  /** Whether a valid token is sent. @default {true} */
  readonly isAuthorized?: boolean;
};

/** Number of tokens that most requests have; each of the others is that of every so many-th request. */
const FEW = 16;

const CONTACTS = "/v1/contacts";

/** Every kind of value that a client can make up. */
const SHAPES: readonly Shape[] = [
  (id) => ({ line: `GET /nowhere/${id}` }),
  (id) => ({ line: `GET ${CONTACTS}?unknown${id}=${id}` }),
  (id, hex) => ({ line: `GET ${CONTACTS}?after=${Buffer.from(`${hex}${id}`).toString("base64url")}` }),
  (id) => ({
    line: `POST ${CONTACTS}`,
    fields: [`Content-Type: application/json; charset=utf-8; number=${id}`],
    body: "{}",
  }),
  (_id, hex) => ({
    line: `GET ${CONTACTS}`,
    fields: [`X-API-Key: ak_${hex.slice(16)}_${hex}${hex}`],
    isAuthorized: false,
  }),
  (_id, hex) => ({
    line: `GET ${CONTACTS}/${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${
      hex.slice(17, 20)
    }-${hex.slice(20)}`,
  }),
  (id) => ({ line: `GET ${CONTACTS}/contact-${id}` }),
];

/** Returns the bytes of a request. Those of no two numbers have a path, query, header, address or credential in common. */
export function distinctRequest(number: number, tokens: readonly string[]): Uint8Array {
  const hex = number.toString(16).padStart(32, "0");
  const id = String(number);
  // An eighth kind beside the shapes: a token whose signature is wrong.
  const kind = number % (SHAPES.length + 1);
  // Most clients repeat their token; verifying a new one each time would be most of the load.
  const token = tokens[number % FEW === 0 ? number / FEW % tokens.length : number % FEW] ?? tokens[0] ?? "";
  const forged = { line: `GET ${CONTACTS}`, fields: [`Authorization: Bearer ${forge(token, id)}`] };
  const { line, fields = [], body = "", isAuthorized = true } = SHAPES[kind]?.(id, hex) ??
    { ...forged, isAuthorized: false };
  return new TextEncoder().encode([
    `${line} HTTP/1.1`,
    "Host: localhost",
    `User-Agent: Client/${id}`,
    `Accept: application/json, text/x-${id}`,
    `Accept-Language: en, x-${id}`,
    `X-Request-Id: request-${id}`,
    `Idempotency-Key: key-${id}`,
    `Origin: https://site-${id}.example`,
    `traceparent: 00-${hex.slice(0, 31)}1-${hex.slice(17)}1-00`,
    `X-Forwarded-For: 2001:db8:${hex.slice(24, 28)}:${hex.slice(28)}::1`,
    ...isAuthorized ? [`Authorization: Bearer ${token}`] : [],
    ...fields,
    ...body === "" ? [] : [`Content-Length: ${body.length}`],
    "",
    body,
  ].join("\r\n"));
}

/** Returns a token with other claims, and so with a wrong signature. */
function forge(token: string, id: string): string {
  const [header = "", , signature = ""] = token.split(".");
  return `${header}.${Buffer.from(JSON.stringify({ sub: id })).toString("base64url")}.${signature}`;
}
