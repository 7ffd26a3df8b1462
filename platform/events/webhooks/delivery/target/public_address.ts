import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** IPv6 addresses that stand for an IPv4 one, which is in their last four bytes (RFC 4291, 2.5.5.2; RFC 6052, 2.1). */
const TRANSLATED = new Set(["ipv4Mapped", "rfc6052"]);

/** What IANA gives IPv6 addresses of the internet from (RFC 4291, 2.4); nobody has been given one of elsewhere. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");

/**
 * Whether an address is one of the public internet, by the registries of IANA (RFC 6890): not of this machine, of a
 * private or local network, of several receivers, of documentation, or a way around that by translation.
 */
export function isPublicAddress(text: string): boolean {
  // Stricter than the library, which takes 1.2.3 for an address, too.
  if (isIP(text) === 0) return false;
  const address = ipaddr.parse(text);
  const range = address.range();
  if (TRANSLATED.has(range)) return isPublicAddress(address.toByteArray().slice(-4).join("."));
  if (address instanceof ipaddr.IPv6 && !address.match(GLOBAL_UNICAST)) return false;
  // What is in no special range.
  return range === "unicast";
}
