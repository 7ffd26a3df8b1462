import { type AddressRange, parseAddressRange } from "@archway/server/addresses.ts";
import { InvalidSetting, type SettingsReader } from "@archway/service_kit/setting.ts";
import { customSetting } from "@archway/service_kit/setting_types.ts";

export const TRUSTED_PROXIES = customSetting<readonly AddressRange[]>("TRUSTED_PROXIES", {
  type: "list of addresses and networks",
  example: "10.0.0.0/8,::1",
  description:
    "Proxies whose Forwarded or X-Forwarded-For is trusted. Behind a proxy the service is reached from " +
    "elsewhere, so AUTH_MODE must be decided and rates are limited.",
  parse: (text) =>
    text.split(",").map((part) => {
      const range = parseAddressRange(part.trim());
      if (range !== undefined) return range;
      throw new InvalidSetting('must be addresses and networks such as "10.0.0.0/8,::1"');
    }),
});

/** Reads the addresses and networks of trusted proxies. */
export function readTrustedProxies(reader: SettingsReader): readonly AddressRange[] {
  return reader.read(TRUSTED_PROXIES) ?? [];
}
