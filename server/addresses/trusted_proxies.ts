import { type AddressRange, isWithin } from "./address_range.ts";
import { type ForwardedNode, parseForwarded, parseForwardedFor } from "./forwarded_nodes.ts";

/** Proxies whose forwarding headers are trusted; from any other sender they could be forged. */
export class TrustedProxies {
  readonly #ranges: readonly AddressRange[];

  constructor(ranges: readonly AddressRange[]) {
    this.#ranges = ranges;
  }

  /** Whether an address is that of a trusted proxy. */
  includes(address: string): boolean {
    return isWithin(address, this.#ranges);
  }

  /**
   * Returns the client's address: from the right, the first one that is not a trusted proxy. An unknown hop ends the
   * search at the last known address. If `Forwarded` and `X-Forwarded-For` disagree, one of them is the client's own,
   * and both are ignored.
   *
   * @param peer Address of the connection.
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
