import ipaddr from "ipaddr.js";

/** Returns the canonical form of an address, with mapped IPv4 as IPv4. Undefined if the text is not an address. */
export function canonicalAddress(text: string): string | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return text;
  if (!/^[0-9A-Fa-f:.]{2,45}$/.test(text) || !ipaddr.IPv6.isValid(text)) return undefined;
  return ipaddr.process(text).toString();
}
