import type { CallResponse } from "./call.ts";

/** Contact created by the load, in its last acknowledged state. */
export interface Written {
  readonly id: string;
  readonly etag: string;
  /** Consistency token of the write. */
  readonly token: string;
}

/** Maximum number of contacts. */
const MOST = 2000;

/**
 * Contacts created by the load. A contact is used by one request at a time, so any response that differs from the
 * acknowledged state is an error of the service.
 */
export class WrittenContacts {
  readonly #contacts: Written[] = [];
  readonly #random: () => number;

  /** @param random Returns a number from 0 to less than 1, like `Math.random`. */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Takes a contact that is not in use, if any. */
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

  /** Puts a contact back in the state of the response to a write. */
  putWritten(id: string, { headers }: CallResponse): void {
    const etag = headers.get("etag");
    const token = headers.get("consistency-token");
    // Without a token, a read may be older than the write and proves nothing.
    if (etag !== null && token !== null) this.put({ id, etag, token });
  }
}
