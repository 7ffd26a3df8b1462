import { Problem } from "../problem.ts";

// RFC 3986, section 3.2.2, without percent-encoding. The platform builds the request URL from this text unchecked: a
// slash in it would change the path.
const HOST = /^(?:\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._~!$&'()*+;=-]{1,255})(?::(?<port>[0-9]{0,5}))?$/;
const MAX_PORT = 65535;

/** @throws {Problem} 400 for an invalid `Host`. */
export function checkHost(host: string): void {
  const match = HOST.exec(host);
  if (match === null || Number(match.groups?.["port"] ?? 0) > MAX_PORT) {
    throw new Problem(400, "malformed-request", {
      detail: "The Host header is invalid",
      invalidParams: [{ name: "Host", in: "header", reason: "must be a host name with an optional port" }],
    });
  }
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
