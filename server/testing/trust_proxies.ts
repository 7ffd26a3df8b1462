import { parseAddressRange } from "../addresses/address_range.ts";
import { TrustedProxies } from "../addresses/trusted_proxies.ts";

/** Creates a set of trusted addresses and networks. */
export function trustProxies(...texts: readonly string[]): TrustedProxies {
  return new TrustedProxies(texts.map((text) => {
    const range = parseAddressRange(text);
    if (range === undefined) throw new Error(`${text} is neither an address nor a network`);
    return range;
  }));
}
