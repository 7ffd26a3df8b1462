import Negotiator from "negotiator";

/**
 * The media types a request accepts, best first; `["*\/*"]` when it has no Accept header. With the signature of
 * `jsr:@std/http/negotiation`.
 */
export function accepts(request: Pick<Request, "headers">): string[];
/** The one of the given media types that a request likes best; undefined when it accepts none of them. */
export function accepts(request: Pick<Request, "headers">, ...types: string[]): string | undefined;
export function accepts(
  request: Pick<Request, "headers">,
  ...types: string[]
): string | string[] | undefined {
  // UTF-8 is what every text here is in: a client that asks for it asks for nothing more.
  const accept = request.headers.get("accept")?.replaceAll(/;[ \t]*charset="?utf-8"?/gi, "") ?? null;
  if (accept === null) return types.length === 0 ? ["*/*"] : types[0];
  const negotiator = new Negotiator({ headers: { accept } });
  return types.length === 0 ? negotiator.mediaTypes() : negotiator.mediaTypes(types)[0];
}
