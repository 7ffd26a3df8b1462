import type { SecurityScheme } from "../operation.ts";
import { decodeFormText, decodePercent, MalformedTextError } from "../parameters/decode_text.ts";
import { type RawPair, splitCookies, splitPairs } from "../parameters/pairs.ts";
import type { Exchange } from "../request/exchange.ts";
import type { Principal } from "../request_context.ts";
import type { Credential } from "./authenticator.ts";

/** Content of an Authorization header. */
export type BearerCredentials =
  /** No header, or another scheme. */
  | { readonly kind: "none" }
  /** Bearer scheme without a valid token: two headers, two tokens, invalid characters, too long. */
  | { readonly kind: "malformed" }
  | { readonly kind: "token"; readonly token: string };

/** Maximum length of a credential, in characters; the size of all headers is limited before. */
export const MAX_TOKEN_LENGTH = 8192;

/** Case-insensitive scheme (RFC 9110, section 11.1), at least one space, and the token. */
const BEARER = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i;

/** The same with base64 (RFC 7617, section 2). */
const BASIC = /^basic +([A-Za-z0-9+/]+={0,2})$/i;

const NONE: BearerCredentials = { kind: "none" };
const MALFORMED: BearerCredentials = { kind: "malformed" };

/**
 * Parses an Authorization header (RFC 6750, section 2.1). Several headers arrive joined by commas, which tokens cannot
 * contain, so two headers are never mistaken for one.
 */
export function readBearerToken(authorization: string | null): BearerCredentials {
  if (authorization === null || !/^bearer(?:[ ,]|$)/i.test(authorization)) return NONE;
  if (authorization.length > MAX_TOKEN_LENGTH + "Bearer ".length) return MALFORMED;
  const token = BEARER.exec(authorization)?.[1];
  return token === undefined ? MALFORMED : { kind: "token", token };
}

/** Credential of a request; undefined if none was sent. */
export type SentCredential = Credential | "malformed" | undefined;

/** Prepares the reading of the credential of a scheme other than bearer tokens. */
export function compileCredential(scheme: SecurityScheme): (exchange: Exchange) => SentCredential {
  if (scheme.kind === "basic") return ({ fields }) => readBasic(fields.authorization);
  if (scheme.kind !== "apiKey") return () => undefined;
  const { name } = scheme;
  switch (scheme.in) {
    case "header":
      return ({ request }) => keyOf(request.headers.get(name) ?? undefined);
    case "query":
      return ({ query }) => readPair(splitPairs(query), name, decodeFormText);
    case "cookie":
      return ({ request }) =>
        readPair(splitCookies(request.headers.get("cookie") ?? ""), name, decodePercent);
  }
}

/** Parses an Authorization header of the Basic scheme with UTF-8 (RFC 7617). */
export function readBasic(authorization: string | null): SentCredential {
  if (authorization === null || !/^basic(?:[ ,]|$)/i.test(authorization)) return undefined;
  if (authorization.length > MAX_TOKEN_LENGTH) return "malformed";
  const text = decodeBase64(BASIC.exec(authorization)?.[1] ?? "");
  const colon = text?.indexOf(":") ?? -1;
  // deno-lint-ignore no-control-regex -- RFC 7617 forbids control characters
  if (text === undefined || colon === -1 || /[\u0000-\u001f\u007f]/.test(text)) return "malformed";
  return { kind: "basic", username: text.slice(0, colon), password: text.slice(colon + 1) };
}

function decodeBase64(text: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Reads a query parameter or cookie. A repeated one is malformed: proxies and servers could choose different ones. */
function readPair(
  pairs: readonly RawPair[],
  name: string,
  decode: (raw: string) => string,
): SentCredential {
  let found: string | undefined;
  try {
    for (const pair of pairs) {
      if (decode(pair.name) !== name) continue;
      if (found !== undefined) return "malformed";
      found = decode(pair.value);
    }
  } catch (error) {
    if (!(error instanceof MalformedTextError)) throw error;
    return "malformed";
  }
  return keyOf(found);
}

function keyOf(text: string | undefined): SentCredential {
  if (text === undefined || text === "") return undefined;
  return text.length > MAX_TOKEN_LENGTH ? "malformed" : { kind: "apiKey", key: text };
}

/** Maximum length of a certificate's subject, so that the principal's has at most 255 characters. */
const MAX_SUBJECT_LENGTH = 250;

/**
 * Returns the principal of a client's certificate, as a trusted proxy names its subject. Undefined without a
 * certificate, and for any other sender, who could have made it up.
 */
export function readCertificateSubject(
  exchange: Exchange,
  header: string | undefined,
): Principal | "malformed" | undefined {
  if (header === undefined || !exchange.isFromTrustedProxy) return undefined;
  const subject = exchange.request.headers.get(header) ?? "";
  if (subject === "") return undefined;
  if (subject.length > MAX_SUBJECT_LENGTH || !/^[\u0020-\u007e]+$/.test(subject)) return "malformed";
  return { subject: `cert:${subject}`, scopes: NO_SCOPES, isClient: true };
}

const NO_SCOPES: ReadonlySet<string> = new Set();
