import type { Answer } from "./call.ts";

/** A contact that the load created, as it was acknowledged last. */
export interface Written {
  readonly id: string;
  readonly etag: string;
  /** With it a read sees what was written, wherever it is read. */
  readonly token: string;
}

/** More are forgotten. */
const MOST = 2000;

/**
 * The contacts that the load created. Who takes one has it alone until it is put back, so that whatever is answered
 * otherwise than was acknowledged is a fault of the service.
 */
export class WrittenContacts {
  readonly #contacts: Written[] = [];
  readonly #random: () => number;

  /** @param random A number from 0 to less than 1, as `Math.random` gives. */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** One that nobody else has, if there is any. */
  take(): Written | undefined {
    const index = Math.floor(this.#random() * this.#contacts.length);
    const taken = this.#contacts[index];
    const last = this.#contacts.pop();
    if (last !== undefined && last !== taken) this.#contacts[index] = last;
    return taken;
  }

  put(contact: Written): void {
    if (this.#contacts.length < MOST) this.#contacts.push(contact);
  }

  /** Puts back what a write of it was answered with; what the answer does not tell stays. */
  putWritten(id: string, { headers }: Answer): void {
    const etag = headers.get("etag");
    const token = headers.get("consistency-token");
    // Without a token a read may be older than the write, and proves nothing.
    if (etag !== null && token !== null) this.put({ id, etag, token });
  }
}
