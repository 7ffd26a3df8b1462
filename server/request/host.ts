import { Problem } from "../problem.ts";

// RFC 3986, section 3.2.2, without percent-encoding. The platform builds the request URL from this text unchecked: a
// slash in it would change the path.
const HOST = /^(?:\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._~!$&'()*+;=-]{1,255})(?::(?<port>[0-9]{0,5}))?$/;
const MAX_PORT = 65535;

function isHost(text: string): boolean {
  const match = HOST.exec(text);
  return match !== null && Number(match.groups?.["port"] ?? 0) <= MAX_PORT;
}

function checkHost(host: string): void {
  if (!isHost(host)) {
    throw new Problem(400, "malformed-request", {
      detail: "The Host header is invalid",
      invalidParams: [{ name: "Host", in: "header", reason: "must be a host name with an optional port" }],
    });
  }
}

/** Scheme and authority of an absolute URI. */
const ORIGIN = /^(https?):\/\/(.*)$/i;

/**
 * Checks the authority that counts: that of an absolute-form target (RFC 9112, section 3.2.2) or of HTTP/2 (RFC 9113,
 * section 8.3.1), else the `Host`. Clients that send two different ones are refused, since a proxy may have checked the
 * other.
 *
 * @param origin Scheme and authority of the request URL.
 * @returns the authority.
 * @throws {Problem} 400 if it is invalid, or differs from `Host`.
 */
export function checkOrigin(origin: string, host: string | null): string {
  if (host !== null) checkHost(host);
  const [, scheme = "", authority = ""] = ORIGIN.exec(origin) ?? [];
  if (scheme === "") throw malformed("The scheme of the request target must be http or https");
  if (authority === host) return authority;
  if (!isHost(authority)) {
    throw malformed("The authority of the request target must be a host name with an optional port");
  }
  if (host !== null && normalize(authority, scheme) !== normalize(host, scheme)) {
    throw malformed("The request target and the Host header name different hosts; send the same in both");
  }
  return authority;
}

function normalize(host: string, scheme: string): string {
  const text = host.toLowerCase();
  return text.replace(scheme.toLowerCase() === "https" ? /:(443)?$/ : /:(80)?$/, "");
}

function malformed(detail: string): Problem {
  return new Problem(400, "malformed-request", { detail });
}

/** Host of a `Host` header without its port. */
const HOST_NAME = /^(\[[^\]]*\]|[^:]*)/;
const ADDRESS = /^(\[.*\]|[0-9]{1,3}(\.[0-9]{1,3}){3})$/;
/** Domains that never exist in the public DNS (RFC 6761; "internal": ICANN resolution of 2024). */
const PRIVATE_DOMAIN = /\.(localhost|test|internal)$/;

/**
 * Whether a valid `Host` cannot be a public DNS name. That is an address, a name without a dot, or one in a reserved
 * domain. The owner of a public name can point it to this machine after a browser has loaded a page from it; the page
 * could then send requests to this server as same-origin (DNS rebinding).
 */
export function isPrivateHost(host: string): boolean {
  const name = (HOST_NAME.exec(host)?.[0] ?? "").toLowerCase().replace(/\.$/, "");
  return !name.includes(".") || ADDRESS.test(name) || PRIVATE_DOMAIN.test(name);
}
