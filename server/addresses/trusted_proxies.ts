import { type AddressRange, isWithin } from "./address_range.ts";
import { type ForwardedNode, parseForwarded, parseForwardedFor } from "./forwarded_nodes.ts";

/** The proxies whose word is taken for where a request comes from. Everybody else could make it up. */
export class TrustedProxies {
  readonly #ranges: readonly AddressRange[];

  constructor(ranges: readonly AddressRange[]) {
    this.#ranges = ranges;
  }

  /**
   * The client's address: from the right, the first that is not a trusted proxy's. Where a hop did not tell, it is the
   * last one that is known. Of two fields that tell different clients, a proxy wrote one and let the client's own
   * through: neither is believed.
   *
   * @param peer Whose connection it is.
   */
  clientOf(peer: string, headers: Headers): string {
    if (!isWithin(peer, this.#ranges)) return peer;
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
      if (!isWithin(node, this.#ranges)) break;
    }
    return client;
  }
}
