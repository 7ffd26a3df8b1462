import { Buffer } from "node:buffer";
import type { QueryOptions, ReaderOptions, WalPosition } from "@archway/db/db.ts";
import { Problem } from "@archway/server/problem.ts";
import type { KeyRing } from "./signing/key_ring.ts";

/** Header field that carries a token, in responses to writes and in read requests. */
export const CONSISTENCY_TOKEN = "Consistency-Token";

/** Header fields with a token, if there is one. */
export type TokenHeader = { readonly [CONSISTENCY_TOKEN]?: string };

/** Options for reads of a use case: required freshness and cancellation. */
export type ReadOptions = QueryOptions & ReaderOptions;

/** Version of the payload's layout; tokens of other versions are rejected. */
const FORMAT = 1;

/** format 1, timeline 4, position 8. */
const PAYLOAD_BYTES = 13;

/** Options for {@link ConsistencyTokens}. */
export interface ConsistencyTokensOptions {
  readonly keys: KeyRing;
  /** Position of the primary; see `ConnectionManager.position`. */
  readonly position: (options?: QueryOptions) => Promise<WalPosition>;
  /** Called with the reason why a token could not be issued. */
  readonly onUnissued?: (reason: string) => void;
}

/**
 * Encodes WAL positions of the primary as opaque tokens. A client sends them back to read its own writes. Tokens do not
 * expire: over time, more replicas have replayed a position, never fewer.
 */
export class ConsistencyTokens {
  readonly #options: ConsistencyTokensOptions;
  /** Last issued token, cached: concurrent writes share a position, and signing is expensive. */
  #last: { readonly position: WalPosition; readonly text: string } | undefined;

  constructor(options: ConsistencyTokensOptions) {
    this.#options = options;
  }

  /**
   * Returns a token for everything that was committed before the call. Never rejects: a committed write must not fail
   * because its position is unknown. The token is then undefined.
   */
  async issue(options?: QueryOptions): Promise<string | undefined> {
    try {
      return this.#format(await this.#options.position(options));
    } catch (error) {
      // A client that has disconnected needs no token.
      if (!options?.signal?.aborted) {
        this.#options.onUnissued?.(error instanceof Error ? error.message : "WAL position unknown");
      }
      return undefined;
    }
  }

  /** Returns the header of a response to a committed write. */
  async header(options?: QueryOptions): Promise<TokenHeader> {
    const token = await this.issue(options);
    return token === undefined ? {} : { [CONSISTENCY_TOKEN]: token };
  }

  /**
   * Returns the read options that the header fields of a request ask for.
   *
   * @throws {Problem} 400 if the token is not one of this service.
   */
  readOptions(headers: TokenHeader, context: Required<Pick<QueryOptions, "signal">>): ReadOptions {
    const text = headers[CONSISTENCY_TOKEN];
    if (text === undefined) return context;
    const after = this.parse(text);
    if (after !== undefined) return { signal: context.signal, after };
    throw new Problem(400, "malformed-request", {
      detail: `The ${CONSISTENCY_TOKEN} header is malformed`,
      invalidParams: [{ name: CONSISTENCY_TOKEN, in: "header", reason: "is not a token of this service" }],
    });
  }

  /** Returns the position of a token; undefined if no secret signed it. Compares in constant time. */
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
