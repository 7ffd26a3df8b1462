import type { Answer } from "./call.ts";

/** A profile that the load created, as it was acknowledged last. */
export interface Written {
  readonly id: string;
  readonly etag: string;
  /** With it a read sees what was written, wherever it is read. */
  readonly token: string;
}

/** More are forgotten. */
const MOST = 2000;

/**
 * The profiles that the load created. Who takes one has it alone until it is put back, so that whatever is answered
 * otherwise than was acknowledged is a fault of the service.
 */
export class ProfileBook {
  readonly #profiles: Written[] = [];
  readonly #random: () => number;

  /** @param random A number from 0 to less than 1, as `Math.random` gives. */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** One that nobody else has, if there is any. */
  take(): Written | undefined {
    const index = Math.floor(this.#random() * this.#profiles.length);
    const taken = this.#profiles[index];
    const last = this.#profiles.pop();
    if (last !== undefined && last !== taken) this.#profiles[index] = last;
    return taken;
  }

  put(profile: Written): void {
    if (this.#profiles.length < MOST) this.#profiles.push(profile);
  }

  /** Puts back what a write of it was answered with; what the answer does not tell stays. */
  putWritten(id: string, { headers }: Answer): void {
    const etag = headers.get("etag");
    const token = headers.get("consistency-token");
    // Without a token a read may be older than the write, and proves nothing.
    if (etag !== null && token !== null) this.put({ id, etag, token });
  }
}
