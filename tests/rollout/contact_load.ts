import { SERVED_BY } from "@archway/tools/support/haproxy/start_haproxy.ts";

/** Number of clients. */
const CLIENTS = 4;

/** Contact as its last acknowledged write has left it. */
interface Acknowledged {
  readonly name: string;
  readonly age: number;
  readonly etag: string;
}

/** Request of a client. */
interface ClientRequest {
  readonly method: "GET" | "POST" | "PATCH" | "PUT";
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Response with the expected status. */
interface ClientResponse {
  readonly etag: string;
  readonly location: string;
  readonly json: unknown;
}

/** Clients that read and write contacts without a pause, and never repeat a request. */
export class ContactLoad implements Disposable {
  readonly #url: string;
  readonly #clients: Promise<void>[] = [];
  readonly #written = new Map<string, Acknowledged>();
  /** Numbers of requests by instance, and by method. */
  readonly #servedBy = new Map<string, number>();
  readonly #byMethod = new Map<string, number>();
  readonly #failures: string[] = [];
  #isRunning = true;

  constructor(url: string) {
    this.#url = url;
    for (let client = 0; client < CLIENTS; client++) this.#clients.push(this.#run());
  }

  /** Requests that had no response, or another one than expected. */
  get failures(): readonly string[] {
    return this.#failures;
  }

  /** Numbers of requests that were served, by method. */
  get byMethod(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#byMethod);
  }

  /** Waits until each of these instances has served so many further requests, or one has failed. */
  async untilServedBy(names: readonly string[], further: number): Promise<void> {
    const count = (name: string): number => this.#servedBy.get(name) ?? 0;
    const wanted = names.map((name) => [name, count(name) + further] as const);
    while (this.#failures.length === 0 && wanted.some(([name, least]) => count(name) < least)) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Waits until so many further requests were served, or one has failed. */
  async untilServed(further: number): Promise<void> {
    const count = (): number => [...this.#byMethod.values()].reduce((sum, one) => sum + one, 0);
    const wanted = count() + further;
    while (this.#failures.length === 0 && count() < wanted) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Waits until a request has failed. */
  async untilFailed(): Promise<void> {
    while (this.#failures.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** Ends it. */
  async end(): Promise<void> {
    this.#isRunning = false;
    await Promise.all(this.#clients);
  }

  /** Reads every contact, and returns those that are not as their last acknowledged write has left them. */
  async lost(): Promise<readonly string[]> {
    const lost: string[] = [];
    const rest = [...this.#written];
    const readers = Array.from({ length: CLIENTS }, async () => {
      for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
        const [path, { name, age, etag }] = next;
        const response = await fetch(`${this.#url}${path}`);
        const contact = contactOf(await response.json());
        const isSame = contact.name === name && contact.age === age && response.headers.get("etag") === etag;
        if (!isSame) lost.push(`${path}: ${response.status} ${JSON.stringify(contact)}`);
      }
    });
    await Promise.all(readers);
    return lost;
  }

  [Symbol.dispose](): void {
    this.#isRunning = false;
  }

  async #run(): Promise<void> {
    while (this.#isRunning) {
      try {
        await this.#useContact();
      } catch (error) {
        this.#failures.push(error instanceof Error ? error.message : String(error));
      }
    }
  }

  /** Creates a contact, and reads, modifies, replaces and lists it, each time as the last write has left it. */
  async #useContact(): Promise<void> {
    const name = crypto.randomUUID();
    const created = await this.#send(201, {
      ...{ method: "POST", path: "/v1/contacts", body: { name, age: 1, email: `${name}@example.com` } },
    });
    const path = created.location;
    const write = (state: Acknowledged): Acknowledged => {
      this.#written.set(path, state);
      return state;
    };
    let state = write({ name, age: 1, etag: created.etag });
    await this.#expectRead(path, state);
    const headers = { "If-Match": state.etag };
    const patched = await this.#send(200, { method: "PATCH", path, headers, body: { age: 2 } });
    state = write({ ...state, age: 2, etag: patched.etag });
    const replacement = { name: `${name} II`, age: 3 };
    const replaced = await this.#send(200, {
      ...{ method: "PUT", path, headers: { "If-Match": state.etag }, body: replacement },
    });
    state = write({ ...replacement, etag: replaced.etag });
    await this.#expectRead(path, state);
    const query = new URLSearchParams({ name: replacement.name });
    const { json } = await this.#send(200, { method: "GET", path: `/v1/contacts?${query}` });
    if (!JSON.stringify(json).includes(replacement.name)) throw new Error(`The list is without ${path}`);
  }

  async #expectRead(path: string, { name, age }: Acknowledged): Promise<void> {
    const { json } = await this.#send(200, { method: "GET", path });
    const contact = contactOf(json);
    if (contact.name !== name || contact.age !== age) {
      throw new Error(`GET ${path}: ${JSON.stringify(contact)} in place of ${name}, ${age}`);
    }
  }

  async #send(status: number, { method, path, body, headers }: ClientRequest): Promise<ClientResponse> {
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { "Content-Type": type }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const servedBy = response.headers.get(SERVED_BY) ?? "the proxy";
    if (response.status !== status) {
      throw new Error(`${method} ${path}: ${response.status} by ${servedBy}: ${text}`);
    }
    this.#servedBy.set(servedBy, (this.#servedBy.get(servedBy) ?? 0) + 1);
    this.#byMethod.set(method, (this.#byMethod.get(method) ?? 0) + 1);
    const { headers: received } = response;
    return {
      etag: received.get("etag") ?? "",
      location: received.get("location") ?? "",
      json: text === "" ? undefined : JSON.parse(text),
    };
  }
}

function contactOf(json: unknown): Partial<Acknowledged> {
  return Object(Object(json).data);
}
