import { Buffer } from "node:buffer";
import type { QueryOptions, WalPosition } from "@archway/db/db.ts";
import type { KeyRing } from "../signing/key_ring.ts";

/** Changes when the payload's layout does; older tokens are then refused as foreign. */
const FORMAT = 1;

/** format 1, timeline 4, position 8. */
const PAYLOAD_BYTES = 13;

/** What tokens are made with. */
export interface ConsistencyTokensOptions {
  readonly keys: KeyRing;
  /** Where the primary stands; see `ConnectionManager.position`. */
  readonly position: (options?: QueryOptions) => Promise<WalPosition>;
  /** Told why a token could not be issued, for people. */
  readonly onUnissued?: (reason: string) => void;
}

/**
 * Writes places in the history of the primary as opaque text that a client sends back to read what it wrote. Tokens
 * do not expire: what lies behind one is only ever replayed by more replicas.
 */
export class ConsistencyTokens {
  readonly #options: ConsistencyTokensOptions;
  /** The token issued last: writes that end at the same time share a position, and signing is dear. */
  #last: { readonly position: WalPosition; readonly text: string } | undefined;

  constructor(options: ConsistencyTokensOptions) {
    this.#options = options;
  }

  /**
   * A token for everything that was committed before the call. Never rejects: a write that was made must not be
   * answered as an error because its position cannot be told, so it is answered without a token, undefined.
   */
  async issue(options?: QueryOptions): Promise<string | undefined> {
    try {
      return this.#format(await this.#options.position(options));
    } catch (error) {
      // Nobody misses the token of a client that has left.
      if (!options?.signal?.aborted) {
        this.#options.onUnissued?.(error instanceof Error ? error.message : "The position is not known");
      }
      return undefined;
    }
  }

  /** The position in a token; undefined where none of the secrets signed it. Compares in constant time. */
  parse(text: string): WalPosition | undefined {
    const verified = this.#options.keys.verify(text);
    if (verified?.length !== PAYLOAD_BYTES) return undefined;
    const payload = Buffer.from(verified.buffer, verified.byteOffset, verified.length);
    if (payload.readUInt8(0) !== FORMAT) return undefined;
    return { timeline: payload.readUInt32BE(1), lsn: payload.readBigUInt64BE(5) };
  }

  #format(position: WalPosition): string {
    if (this.#last?.position === position) return this.#last.text;
    const payload = Buffer.allocUnsafe(PAYLOAD_BYTES);
    payload.writeUInt8(FORMAT, 0);
    payload.writeUInt32BE(position.timeline, 1);
    payload.writeBigUInt64BE(position.lsn, 5);
    this.#last = { position, text: this.#options.keys.sign(payload) };
    return this.#last.text;
  }
}
