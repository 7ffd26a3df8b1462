import ipaddr from "ipaddr.js";
import {
  canonicalAddress,
  type ForwardedNode,
  parseForwarded,
  parseForwardedFor,
} from "./forwarded_nodes.ts";

type Range = ReturnType<typeof ipaddr.parseCIDR>;

/** The proxies whose word is taken for where a request comes from. Everybody else could make it up. */
export class TrustedProxies {
  readonly #ranges: readonly Range[];

  /**
   * @param ranges Addresses and networks, e.g. "10.0.0.0/8", "::1".
   * @throws {RangeError} when one is neither.
   */
  constructor(ranges: readonly string[]) {
    this.#ranges = ranges.map(parseRange);
  }

  /**
   * The client's address: from the right, the first that is not a trusted proxy's. Where a hop did not tell, it is the
   * last one that is known. Of two fields that tell different clients, a proxy wrote one and let the client's own
   * through: neither is believed.
   *
   * @param peer Whose connection it is.
   */
  clientOf(peer: string, headers: Headers): string {
    if (!this.#trusts(peer)) return peer;
    const forwarded = headers.get("Forwarded");
    const forwardedFor = headers.get("X-Forwarded-For");
    const one = forwarded === null ? undefined : this.#walk(peer, parseForwarded(forwarded));
    const other = forwardedFor === null ? undefined : this.#walk(peer, parseForwardedFor(forwardedFor));
    if (one !== undefined && other !== undefined && one !== other) return peer;
    return one ?? other ?? peer;
  }

  #walk(peer: string, nodes: readonly ForwardedNode[] = []): string {
    let client = peer;
    for (const node of nodes.toReversed()) {
      if (node === undefined) break;
      client = node;
      if (!this.#trusts(node)) break;
    }
    return client;
  }

  #trusts(address: string): boolean {
    const canonical = canonicalAddress(address);
    if (canonical === undefined) return false;
    const parsed = ipaddr.parse(canonical);
    return this.#ranges.some((range) => range[0].kind() === parsed.kind() && parsed.match(range));
  }
}

function parseRange(text: string): Range {
  const [address = "", bits, ...rest] = text.split("/");
  const canonical = canonicalAddress(address);
  if (canonical === undefined || rest.length > 0 || bits !== undefined && !/^\d{1,3}$/.test(bits)) {
    throw new RangeError("It is neither an address nor a network");
  }
  const parsed = ipaddr.parse(canonical);
  const most = parsed.kind() === "ipv4" ? 32 : 128;
  const length = bits === undefined ? most : Number(bits);
  if (length > most) throw new RangeError("Its prefix is longer than the address");
  return [parsed, length];
}
