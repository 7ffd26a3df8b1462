import type { Principal } from "../request_context.ts";
import type { KeyFinder } from "./parse_keys.ts";

/** A token that was found good. */
export interface VerifiedToken {
  readonly principal: Principal;
  /** The keys that it was checked with; with others it has to be checked again. */
  readonly keys: KeyFinder;
  /** When it expires, in milliseconds since 1970. */
  readonly expiresMs: number;
}

/** So many tokens are remembered; the oldest is forgotten for a new one. */
const MAX_TOKENS = 1024;

/** Longer ones are checked every time. In characters; with {@link MAX_TOKENS} it bounds the memory. */
const MAX_LENGTH = 2048;

/** Remembers the tokens that were checked: a client sends the same one many times, and a signature is dear. */
export class VerifiedTokens {
  readonly #tokens = new Map<string, VerifiedToken>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number = Date.now) {
    this.#nowMs = nowMs;
  }

  /** Whose token it is, if it was checked with these keys and has not expired. */
  get(token: string, keys: KeyFinder): Principal | undefined {
    const found = this.#tokens.get(token);
    if (found === undefined) return undefined;
    if (found.keys === keys && this.#nowMs() < found.expiresMs) return found.principal;
    this.#tokens.delete(token);
    return undefined;
  }

  add(token: string, verified: VerifiedToken): void {
    if (token.length > MAX_LENGTH || verified.expiresMs <= this.#nowMs()) return;
    if (this.#tokens.size >= MAX_TOKENS) {
      const [oldest] = this.#tokens.keys();
      if (oldest !== undefined) this.#tokens.delete(oldest);
    }
    this.#tokens.set(token, verified);
  }
}
