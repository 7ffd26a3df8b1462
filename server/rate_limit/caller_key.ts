import { createHash } from "node:crypto";
import ipaddr from "ipaddr.js";
import type { Exchange } from "../request/exchange.ts";

/** The groups of an IPv6 address that name a network: what a single subscriber is given is a /64 at the least. */
const NETWORK_GROUPS = 4;

/** Subjects that are longer are kept by their hash, so that nobody's key takes much memory. In characters. */
const MAX_SUBJECT_LENGTH = 128;

/** Whom a request is counted for: its principal, else its address. */
export function callerKey(exchange: Exchange): string {
  const subject = exchange.principal?.subject;
  if (subject === undefined) return addressKey(exchange);
  if (subject.length <= MAX_SUBJECT_LENGTH) return `principal ${subject}`;
  return `principal# ${createHash("sha256").update(subject).digest("base64url")}`;
}

/** The address that a request is counted for: of IPv6 the /64 network, all of which one client can use. */
export function addressKey({ clientAddress }: Exchange): string {
  if (clientAddress === undefined) return "address";
  return `address ${clientAddress.includes(":") ? networkOf(clientAddress) : clientAddress}`;
}

function networkOf(address: string): string {
  const [plain = ""] = address.split("%");
  if (!ipaddr.IPv6.isValid(plain)) return address;
  const groups = ipaddr.IPv6.parse(plain).parts.slice(0, NETWORK_GROUPS);
  return `${groups.map((group) => group.toString(16)).join(":")}::/64`;
}
