import Negotiator from "negotiator";

/**
 * Returns the accepted media types of a request, best first; `["*\/*"]` without an Accept header. Has the signature of
 * `jsr:@std/http/negotiation`.
 */
export function accepts(request: Pick<Request, "headers">): string[];
/** Returns the preferred one of the media types; undefined if the request accepts none of them. */
export function accepts(request: Pick<Request, "headers">, ...types: string[]): string | undefined;
export function accepts(
  request: Pick<Request, "headers">,
  ...types: string[]
): string | string[] | undefined {
  // All texts are UTF-8, so a client that asks for it asks for nothing more.
  const accept = request.headers.get("accept")?.replaceAll(/;[ \t]*charset="?utf-8"?/gi, "") ?? null;
  if (accept === null) return types.length === 0 ? ["*/*"] : types[0];
  const negotiator = new Negotiator({ headers: { accept } });
  return types.length === 0 ? negotiator.mediaTypes() : negotiator.mediaTypes(types)[0];
}

/**
 * Returns the preferred one of the content codings; undefined if the request accepts none of them. Has the signature of
 * `jsr:@std/http/negotiation` for a list of codings.
 */
export function acceptsEncodings(
  request: Pick<Request, "headers">,
  ...encodings: string[]
): string | undefined {
  const accept = request.headers.get("accept-encoding");
  // Without the header, anything is acceptable, but a client that decodes sends it.
  if (accept === null) return encodings.includes("identity") ? "identity" : encodings[0];
  return new Negotiator({ headers: { "accept-encoding": accept } }).encodings(encodings)[0];
}
