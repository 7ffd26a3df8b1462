import ipaddr from "ipaddr.js";

/** Number of IPv6 groups that identify a network: a subscriber has at least a /64. */
const NETWORK_GROUPS = 4;
/** Prefix of an IPv4 client on a dual-stack socket (RFC 4291, section 2.5.5.2). */
const MAPPED = "::ffff:";

/** Returns the network of an address to count by: for IPv6 its /64, because one client can use all of it. */
export function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const [plain = ""] = address.split("%");
  if (plain.startsWith(MAPPED) && ipaddr.IPv4.isValid(plain.slice(MAPPED.length))) {
    return plain.slice(MAPPED.length);
  }
  if (!ipaddr.IPv6.isValid(plain)) return address;
  const groups = ipaddr.IPv6.parse(plain).parts.slice(0, NETWORK_GROUPS);
  return `${groups.map((group) => group.toString(16)).join(":")}::/64`;
}
