import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** Ranges of IPv6 addresses with an IPv4 address in their last four bytes (RFC 4291, 2.5.5.2; RFC 6052, 2.1). */
const TRANSLATED = new Set(["ipv4Mapped", "rfc6052"]);

/** Range from which IANA assigns global unicast addresses (RFC 4291, 2.4). */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");

/**
 * Whether an address belongs to the public internet, by the registries of IANA (RFC 6890). Loopback, private, local,
 * multicast and documentation addresses do not, nor do IPv6 addresses that translate to one of them.
 */
export function isPublicAddress(text: string): boolean {
  // Stricter than the library, which accepts 1.2.3 as an address.
  if (isIP(text) === 0) return false;
  const address = ipaddr.parse(text);
  const range = address.range();
  if (TRANSLATED.has(range)) return isPublicAddress(address.toByteArray().slice(-4).join("."));
  if (address instanceof ipaddr.IPv6 && !address.match(GLOBAL_UNICAST)) return false;
  // In no special-purpose range.
  return range === "unicast";
}
