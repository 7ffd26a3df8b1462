import { type AddressRange, parseAddressRange } from "@archway/server/addresses.ts";
import type { Settings } from "./settings.ts";

/** Reads `TRUSTED_PROXIES`: the addresses and networks of the proxies that are believed. */
export function parseTrustedProxies(settings: Settings): readonly AddressRange[] {
  const ranges: AddressRange[] = [];
  for (const text of settings.list("TRUSTED_PROXIES")) {
    const range = parseAddressRange(text);
    if (range !== undefined) ranges.push(range);
    else {
      settings.reject("TRUSTED_PROXIES", 'must be addresses and networks such as "10.0.0.0/8,::1"');
      break;
    }
  }
  return ranges;
}
