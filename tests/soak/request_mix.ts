import { badRequest } from "./bad_requests.ts";
import type { Answer, Call, Kind } from "./call.ts";
import { type Written, WrittenContacts } from "./written_contacts.ts";

/** What requests are made of. */
export interface RequestMixOptions {
  /** Of contacts that are there and that nobody deletes. */
  readonly ids: readonly string[];
  /** A number from 0 to less than 1, as `Math.random` gives. */
  readonly random: () => number;
  /** A UUID that has not been given before. */
  readonly newId: () => string;
}

const CONTACTS = "/v1/contacts";
const CURSORS = 64;
const JSON_TYPE = { "Content-Type": "application/json" };
const MERGE = { "Content-Type": "application/merge-patch+json" };

/** How often each kind comes, of a hundred: many read, some write, some err. */
const SHARES: readonly (readonly [Kind, number])[] = [
  ["one by id", 40],
  ["its own write", 10],
  ["page", 18],
  ["create", 12],
  ["patch", 10],
  ["delete", 6],
  ["bad request", 4],
];

/** Requests as clients send them, one after the other; each knows what it has to be answered with. */
export class RequestMix {
  readonly #options: RequestMixOptions;
  readonly #book: WrittenContacts;
  readonly #cursors: string[] = [];
  #mistakes = 0;

  constructor(options: RequestMixOptions) {
    this.#options = options;
    this.#book = new WrittenContacts(options.random);
  }

  next(): Call {
    let place = this.#options.random() * 100;
    for (const [kind, share] of SHARES) {
      if (place < share) return this.#make(kind);
      place -= share;
    }
    return this.#readOne();
  }

  #make(kind: Kind): Call {
    switch (kind) {
      case "one by id":
        return this.#readOne();
      case "page":
        return this.#page();
      case "create":
        return this.#create();
      case "bad request":
        return badRequest(this.#mistakes++, { unique: this.#options.newId(), id: this.#anyId() });
      default: {
        const contact = this.#book.take();
        // There is none before the first was created.
        return contact === undefined ? this.#create() : this.#onWritten(kind, contact);
      }
    }
  }

  #readOne(): Call {
    return {
      kind: "one by id",
      method: "GET",
      path: `${CONTACTS}/${this.#anyId()}`,
      headers: {},
      expected: 200,
    };
  }

  #page(): Call {
    const index = Math.floor(this.#options.random() * (this.#cursors.length + 1));
    const cursor = this.#cursors[index];
    return {
      kind: "page",
      method: "GET",
      path: cursor === undefined ? CONTACTS : `${CONTACTS}?after=${cursor}`,
      headers: {},
      expected: 200,
      settle: (answer) => {
        const next = answer?.status === 200 ? nextCursor(answer.body) : undefined;
        // Each walk goes on where it was; when there are enough of them, one is taken up in place of another.
        if (next === undefined) return;
        this.#cursors[Math.floor(this.#options.random() * Math.min(this.#cursors.length + 1, CURSORS))] =
          next;
      },
    };
  }

  #create(): Call {
    const unique = this.#options.newId();
    return {
      kind: "create",
      method: "POST",
      path: CONTACTS,
      headers: JSON_TYPE,
      body: JSON.stringify({ name: `Ada ${unique.slice(0, 8)}`, email: `${unique}@example.com`, age: 36 }),
      expected: 201,
      settle: (answer) => {
        const id = answer?.headers.get("location")?.split("/").at(-1);
        if (answer?.status === 201 && id !== undefined) this.#book.putWritten(id, answer);
      },
    };
  }

  #onWritten(kind: "its own write" | "patch" | "delete", contact: Written): Call {
    const { id, etag, token } = contact;
    const path = `${CONTACTS}/${id}`;
    // What was answered in any other way is not taken up again: nobody knows what became of it.
    const settle = (answer: Answer | undefined): void => {
      if (answer?.status !== 200) return;
      if (kind === "patch") this.#book.putWritten(id, answer);
      else this.#book.put(contact);
    };
    switch (kind) {
      case "its own write":
        return {
          kind,
          method: "GET",
          path,
          headers: { "Consistency-Token": token },
          expected: 200,
          etag,
          settle,
        };
      case "patch": {
        const body = JSON.stringify({ age: 1 + Math.floor(this.#options.random() * 150) });
        return {
          kind,
          method: "PATCH",
          path,
          headers: { ...MERGE, "If-Match": etag },
          body,
          expected: 200,
          settle,
        };
      }
      case "delete":
        return { kind, method: "DELETE", path, headers: { "If-Match": etag }, expected: 204 };
    }
  }

  #anyId(): string {
    const { ids, random } = this.#options;
    return ids[Math.floor(random() * ids.length)] ?? "";
  }
}

function nextCursor(body: string): string | undefined {
  const { meta }: { readonly meta?: { readonly nextCursor?: string } } = JSON.parse(body);
  return meta?.nextCursor;
}
