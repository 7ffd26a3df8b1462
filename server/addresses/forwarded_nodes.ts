import { canonicalAddress } from "./canonical_address.ts";

/** Pair of a `Forwarded` element and its delimiter (RFC 7239, section 4; RFC 9110, section 5.6.2). */
const PAIR =
  /[ \t]*(?<name>[\w!#$%&'*+.^`|~-]+)=(?:(?<token>[\w!#$%&'*+.^`|~-]+)|"(?<quoted>(?:[^"\\]|\\.)*)")[ \t]*(?<end>[;,]|$)/y;

/** Node of RFC 7239, section 6. IPv6 addresses are in brackets; the port is optional and may be obfuscated. */
const NODE = /^(?:\[(?<v6>[0-9A-Fa-f:.]{2,45})\]|(?<v4>[0-9.]{7,15}))(?::(?:[0-9]{1,5}|_[\w.-]+))?$/;

/** Address, or undefined if a hop is obfuscated, unknown or malformed. */
export type ForwardedNode = string | undefined;

/**
 * Parses the nodes of a `Forwarded` field, the client first (RFC 7239).
 *
 * @returns undefined if the field is malformed: then no part of it can be trusted.
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

/** Parses an `X-Forwarded-For` field: addresses separated by commas, the client first. */
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
