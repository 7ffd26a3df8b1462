/**
 * Client addresses, address ranges and trusted proxies.
 *
 * @module
 */
export { type AddressRange, parseAddressRange } from "./addresses/address_range.ts";
export { TrustedProxies } from "./addresses/trusted_proxies.ts";
export { warnOfUntrustedProxy } from "./addresses/warn_of_untrusted_proxy.ts";
export { isPrivateHost } from "./request/host.ts";
