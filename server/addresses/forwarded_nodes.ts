import { canonicalAddress } from "./canonical_address.ts";

/** One pair of a `Forwarded` element, and what ends it (RFC 7239, section 4; RFC 9110, section 5.6.2). */
const PAIR =
  /[ \t]*(?<name>[\w!#$%&'*+.^`|~-]+)=(?:(?<token>[\w!#$%&'*+.^`|~-]+)|"(?<quoted>(?:[^"\\]|\\.)*)")[ \t]*(?<end>[;,]|$)/y;

/** RFC 7239, section 6: an address, in brackets if it is IPv6, and perhaps a port, which may be obfuscated. */
const NODE = /^(?:\[(?<v6>[0-9A-Fa-f:.]{2,45})\]|(?<v4>[0-9.]{7,15}))(?::(?:[0-9]{1,5}|_[\w.-]+))?$/;

/** An address, or undefined where a hop did not tell, or told something that is none. */
export type ForwardedNode = string | undefined;

/**
 * Reads who is said to have asked whom, the client first (RFC 7239).
 *
 * @returns undefined: it is malformed, so that nothing in it can be told from what a client made up.
 */
export function parseForwarded(field: string): readonly ForwardedNode[] | undefined {
  const nodes: ForwardedNode[] = [];
  let node: string | undefined;
  PAIR.lastIndex = 0;
  for (let end = ","; end !== "";) {
    const groups = PAIR.exec(field)?.groups;
    if (groups === undefined) return undefined;
    if (groups["name"]?.toLowerCase() === "for") {
      if (node !== undefined) return undefined;
      node = groups["token"] ?? groups["quoted"]?.replaceAll(/\\(.)/g, "$1") ?? "";
    }
    end = groups["end"] ?? "";
    if (end === ";") continue;
    nodes.push(node === undefined ? undefined : readNode(node));
    node = undefined;
  }
  return nodes;
}

/** Reads `X-Forwarded-For`: addresses separated by commas, the client first, as proxies have come to write them. */
export function parseForwardedFor(field: string): readonly ForwardedNode[] {
  return field.split(",").map((part) => {
    const text = part.trim();
    return canonicalAddress(text) ?? readNode(text);
  });
}

function readNode(text: string): ForwardedNode {
  const groups = NODE.exec(text)?.groups;
  return canonicalAddress(groups?.["v6"] ?? groups?.["v4"] ?? "");
}
