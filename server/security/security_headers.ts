/** Nothing may be loaded, run or framed: neither by a page of the server, which needs nothing, nor by what is no page. */
const CONTENT_SECURITY_POLICY = "default-src 'none'; frame-ancestors 'none'";

/**
 * Sets what every answer tells browsers (OWASP, "REST Security Cheat Sheet"): not to guess another media type, not to
 * show it with anything active or inside another page, and not to hand it to other origins unasked. An answer that
 * says the latter two for itself keeps what it says. Each field costs a request about a microsecond, so there are no
 * more: what is left out matters for pages with links, scripts or features of the browser.
 */
export function setSecurityHeaders(headers: Headers): void {
  headers.set("X-Content-Type-Options", "nosniff");
  setUnlessSet(headers, "Content-Security-Policy", CONTENT_SECURITY_POLICY);
  setUnlessSet(headers, "Cross-Origin-Resource-Policy", "same-origin");
}

function setUnlessSet(headers: Headers, name: string, value: string): void {
  if (!headers.has(name)) headers.set(name, value);
}
