import type { Principal } from "../request_context.ts";
import type { KeyFinder } from "./parse_keys.ts";

/** Successfully verified token. */
export interface VerifiedToken {
  readonly principal: Principal;
  /** Keys used for the verification; a token must be verified again with other keys. */
  readonly keys: KeyFinder;
  /** Expiry, in milliseconds since the Unix epoch. */
  readonly expiresMs: number;
}

/** Maximum number of cached tokens; the oldest is evicted. */
const MAX_TOKENS = 1024;

/** Maximum length of a cached token in characters. Together with {@link MAX_TOKENS} it bounds the memory. */
const MAX_LENGTH = 2048;

/** Cache of verified tokens, because clients reuse them and verifying a signature is expensive. */
export class VerifiedTokens {
  readonly #tokens = new Map<string, VerifiedToken>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number = Date.now) {
    this.#nowMs = nowMs;
  }

  /** Returns the principal of a token that was verified with these keys and has not expired. */
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
