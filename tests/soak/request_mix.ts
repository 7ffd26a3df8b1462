import { badRequest } from "./bad_requests.ts";
import type { Call, CallResponse, Kind } from "./call.ts";
import { type Written, WrittenContacts } from "./written_contacts.ts";

/** Dependencies of {@link RequestMix}. */
export interface RequestMixOptions {
  /** Ids of existing contacts, which are never deleted. */
  readonly ids: readonly string[];
  /** Returns a number from 0 to less than 1, like `Math.random`. */
  readonly random: () => number;
  /** Returns a new UUID. */
  readonly newId: () => string;
}

const CONTACTS = "/v1/contacts";
const CURSORS = 64;
const JSON_TYPE = { "Content-Type": "application/json" };
const MERGE = { "Content-Type": "application/merge-patch+json" };

/** Share of each kind in percent: mostly reads, some writes, some errors. */
const SHARES: readonly (readonly [Kind, number])[] = [
  ["one by id", 40],
  ["its own write", 10],
  ["page", 18],
  ["create", 12],
  ["patch", 10],
  ["delete", 6],
  ["bad request", 4],
];

/** Sequence of requests like those of clients, each with its expected response. */
export class RequestMix {
  readonly #options: RequestMixOptions;
  readonly #contacts: WrittenContacts;
  readonly #cursors: string[] = [];
  #mistakes = 0;

  constructor(options: RequestMixOptions) {
    this.#options = options;
    this.#contacts = new WrittenContacts(options.random);
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
        const contact = this.#contacts.take();
        // None exists before the first was created.
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
      settle: (response) => {
        const next = response?.status === 200 ? nextCursor(response.body) : undefined;
        // An iteration continues at its last cursor. At the maximum number, a new one replaces another.
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
      settle: (response) => {
        const id = response?.headers.get("location")?.split("/").at(-1);
        if (response?.status === 201 && id !== undefined) this.#contacts.putWritten(id, response);
      },
    };
  }

  #onWritten(kind: "its own write" | "patch" | "delete", contact: Written): Call {
    const { id, etag, token } = contact;
    const path = `${CONTACTS}/${id}`;
    // With any other response, the contact is not used again, as its state is unknown.
    const settle = (response: CallResponse | undefined): void => {
      if (response?.status !== 200) return;
      if (kind === "patch") this.#contacts.putWritten(id, response);
      else this.#contacts.put(contact);
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
