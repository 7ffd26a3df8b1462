import ipaddr from "ipaddr.js";
import { canonicalAddress } from "./canonical_address.ts";

/** Network or single address: its first address and the length of the common prefix in bits. */
export type AddressRange = ReturnType<typeof ipaddr.parseCIDR>;

/** Length of the prefix of IPv4-mapped IPv6 addresses, in bits (RFC 4291, section 2.5.5.2). */
const MAPPED_BITS = 96;

/**
 * Parses an address or a network, e.g. "10.0.0.0/8" or "::1". IPv4-mapped IPv6 becomes IPv4.
 *
 * @returns undefined if the text is neither.
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

/** Whether a text is an address in one of the ranges. */
export function isWithin(address: string, ranges: readonly AddressRange[]): boolean {
  const canonical = canonicalAddress(address);
  if (canonical === undefined) return false;
  const parsed = ipaddr.parse(canonical);
  return ranges.some((range) => range[0].kind() === parsed.kind() && parsed.match(range));
}
