/** Addresses of this machine as browsers on it use them. Other names could be those of a page that was rebound. */
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;
const LOOPBACK_ADDRESS = /^(?:127(?:\.\d{1,3}){3}|::1|::ffff:127(?:\.\d{1,3}){3})$/i;

/** Headers by which proxies show that the client is another one than the peer. */
const FORWARDED = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];

/** Header that only scripts of the same origin can send: for others a browser asks first, and is refused. */
export const PAGE_HEADER = "x-cockpit";

/** Options of {@link refusalOf}. */
export interface GuardOptions {
  /**
   * Whether programs on this machine may send it, too, with any method: it stores a message and shows nothing.
   *
   * @default {false}
   */
  readonly isMessage?: boolean;
}

/**
 * Returns the reason why a request is refused, or undefined. The cockpit shows personal data and sends requests, so it is
 * open to pages of its own in browsers on this machine, and to nothing else: no other machine, no proxy, no page of
 * another site, even if the name of that site has been pointed to this machine (DNS rebinding).
 */
export function refusalOf(
  request: Request,
  peerAddress: string | undefined,
  { isMessage = false }: GuardOptions = {},
): string | undefined {
  const { headers, method } = request;
  if (peerAddress === undefined || !LOOPBACK_ADDRESS.test(peerAddress)) return "only from this machine";
  if (FORWARDED.some((name) => headers.has(name))) return "not through a proxy";
  const url = URL.parse(request.url);
  const host = headers.get("host");
  if (url === null || !LOOPBACK_HOST.test(url.host) || (host !== null && !LOOPBACK_HOST.test(host))) {
    return "only by the address 127.0.0.1, [::1] or localhost";
  }
  const origin = headers.get("origin");
  if (origin !== null && origin.toLowerCase() !== `${url.protocol}//${(host ?? url.host).toLowerCase()}`) {
    return "not from another origin";
  }
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin" && site !== "none") return "not from another site";
  if (isMessage || method === "GET" || method === "HEAD") return undefined;
  if (method !== "POST") return "only GET and POST";
  return site === "none" || headers.get(PAGE_HEADER) !== "1"
    ? "only from the page of the cockpit"
    : undefined;
}
