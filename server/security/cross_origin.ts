import type { Exchange } from "../request/exchange.ts";

/**
 * Whether a browser sent the request for a page of another origin (Fetch Metadata, section 2.3). Browsers add cookies,
 * passwords and client certificates by themselves, so such a request proves nothing about its author. Programs other
 * than browsers send neither header.
 *
 * @param trusted Origins that may use the browser's credentials.
 */
export function isCrossOrigin(exchange: Exchange, trusted: ReadonlySet<string>): boolean {
  const { headers } = exchange.request;
  const site = headers.get("Sec-Fetch-Site");
  if (site === "same-origin" || site === "none") return false;
  const origin = headers.get("Origin");
  if (origin !== null && trusted.has(origin)) return false;
  if (site !== null) return true;
  return origin !== null && URL.parse(origin)?.host !== exchange.url.host;
}
