/**
 * Addresses of clients and proxies: networks, and the proxies whose word is taken for where a request comes from.
 *
 * @module
 */
export { type AddressRange, parseAddressRange } from "./addresses/address_range.ts";
export { TrustedProxies } from "./addresses/trusted_proxies.ts";
export { warnOfProxies } from "./addresses/warn_of_proxies.ts";
