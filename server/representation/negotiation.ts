import { accepts } from "@std/http/negotiation";

const MAX_REMEMBERED = 256;

/**
 * Gives a function from an Accept header to the one of the offers that it likes best (RFC 9110, section 12.5.1);
 * undefined when it excludes them all. Clients send few different headers, so the answers are remembered.
 */
export function createNegotiation(offers: readonly string[]): (accept: string | null) => string | undefined {
  const first = offers[0];
  const remembered = new Map<string, string | undefined>();
  return function negotiate(accept: string | null): string | undefined {
    // An empty list excludes nothing: RFC 9110, section 5.6.1.2, lets a field be empty.
    if (accept === null || accept === "*/*" || accept === first || accept.trim() === "") return first;
    if (remembered.has(accept)) return remembered.get(accept);
    const best = accepts({ headers: new Headers({ accept }) }, ...offers);
    if (remembered.size === MAX_REMEMBERED) remembered.clear();
    remembered.set(accept, best);
    return best;
  };
}
