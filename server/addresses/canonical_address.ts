import ipaddr from "ipaddr.js";

/** An address as all parts of the program write it; undefined: it is none. IPv4 within IPv6 is IPv4. */
export function canonicalAddress(text: string): string | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return text;
  if (!/^[0-9A-Fa-f:.]{2,45}$/.test(text) || !ipaddr.IPv6.isValid(text)) return undefined;
  return ipaddr.process(text).toString();
}
