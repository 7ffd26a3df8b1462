import { Problem } from "../problem.ts";

// RFC 3986, section 3.2.2, without what is percent-encoded. The URL given by the platform begins with this text
// unchecked: a slash in it would move the path.
const HOST = /^(?:\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._~!$&'()*+;=-]{1,255})(?::(?<port>[0-9]{0,5}))?$/;
const MAX_PORT = 65535;

/** @throws {Problem} 400 for a `Host` that is none. */
export function checkHost(host: string): void {
  const match = HOST.exec(host);
  if (match === null || Number(match.groups?.["port"] ?? 0) > MAX_PORT) {
    throw new Problem(400, "malformed-request", {
      detail: "The Host header is invalid",
      invalidParams: [{ name: "Host", in: "header", reason: "must be a host name with an optional port" }],
    });
  }
}

/** The host of a `Host` header without its port. */
const HOST_NAME = /^(\[[^\]]*\]|[^:]*)/;
const ADDRESS = /^(\[.*\]|[0-9]{1,3}(\.[0-9]{1,3}){3})$/;
/** Names below these are never in the public domain name system (RFC 6761; for "internal" ICANN's resolution of 2024). */
const PRIVATE_DOMAIN = /\.(localhost|test|internal)$/;

/**
 * Whether a valid `Host` cannot be a name of the public domain name system: an address, a name without a dot, or one of a
 * domain that is set aside. Whoever owns a public name can let it lead to this machine once a browser has loaded a page
 * from it; that page may then read and write here as if it came from here (DNS rebinding).
 */
export function isPrivateHost(host: string): boolean {
  const name = (HOST_NAME.exec(host)?.[0] ?? "").toLowerCase().replace(/\.$/, "");
  return !name.includes(".") || ADDRESS.test(name) || PRIVATE_DOMAIN.test(name);
}
