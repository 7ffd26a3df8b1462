import ipaddr from "ipaddr.js";
import { canonicalAddress } from "./canonical_address.ts";

/** A network, or a single address: the first one in it, and how many bits all of it share. */
export type AddressRange = ReturnType<typeof ipaddr.parseCIDR>;

/** How many bits stand in front of an IPv4 address within IPv6 (RFC 4291, section 2.5.5.2). */
const MAPPED_BITS = 96;

/**
 * Reads an address or a network, e.g. "10.0.0.0/8" or "::1". A network of IPv4 within IPv6 is one of IPv4, as its
 * addresses are.
 *
 * @returns undefined: it is neither.
 */
export function parseAddressRange(text: string): AddressRange | undefined {
  const [address = "", bits, ...rest] = text.split("/");
  const canonical = canonicalAddress(address);
  if (canonical === undefined || rest.length > 0 || bits !== undefined && !/^\d{1,3}$/.test(bits)) {
    return undefined;
  }
  const parsed = ipaddr.parse(canonical);
  const most = parsed.kind() === "ipv4" ? 32 : 128;
  const before = most === 32 && address.includes(":") ? MAPPED_BITS : 0;
  const length = bits === undefined ? most : Number(bits) - before;
  return length >= 0 && length <= most ? [parsed, length] : undefined;
}

/** Whether an address is in one of these. What is no address is in none. */
export function isWithin(address: string, ranges: readonly AddressRange[]): boolean {
  const canonical = canonicalAddress(address);
  if (canonical === undefined) return false;
  const parsed = ipaddr.parse(canonical);
  return ranges.some((range) => range[0].kind() === parsed.kind() && parsed.match(range));
}
