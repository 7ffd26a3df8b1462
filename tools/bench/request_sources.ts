import type { Answer } from "./http_connection.ts";
import type { RequestSource } from "./run_load.ts";

/** Which requests a load consists of. */
export type Scenario =
  /** Reads the paths in turn; every connection begins at another one. */
  | { readonly kind: "read"; readonly paths: readonly string[] }
  /** Creates profiles, whose e-mail addresses no other load has. */
  | { readonly kind: "create"; readonly path: string }
  /** Patches profiles with their current ETag; no two connections patch the same one. */
  | { readonly kind: "patch"; readonly paths: readonly string[] };

/** Which of how many connections a source is for. */
export interface Share {
  readonly connection: number;
  readonly connections: number;
}

const ENCODER = new TextEncoder();

/** The requests of a scenario for one connection. */
export function requestSource(scenario: Scenario, share: Share): RequestSource {
  switch (scenario.kind) {
    case "read":
      return readSource(scenario.paths, share);
    case "create":
      return createSource(scenario.path);
    case "patch":
      return new PatchSource(
        scenario.paths.filter((_, index) => index % share.connections === share.connection),
      );
  }
}

function readSource(paths: readonly string[], { connection, connections }: Share): RequestSource {
  const requests = paths.map((path) => request("GET", path));
  let index = Math.floor(connection * paths.length / connections);
  return {
    next: () => {
      const bytes = requests[index] ?? new Uint8Array();
      index = (index + 1) % requests.length;
      return bytes;
    },
  };
}

function createSource(path: string): RequestSource {
  // One for each connection of each round: a scenario is sent again and again, and an address is taken once.
  const nonce = crypto.randomUUID();
  let count = 0;
  return {
    next: () => {
      const email = `${nonce}-${count++}@example.com`;
      const body = JSON.stringify({ name: `Profile ${count}`, email, age: 1 + count % 150 });
      return request("POST", path, { headers: { "Content-Type": "application/json" }, body });
    },
  };
}

class PatchSource implements RequestSource {
  readonly #profiles: { readonly path: string; etag: string }[];
  #index = -1;
  #count = 0;

  constructor(paths: readonly string[]) {
    this.#profiles = paths.map((path) => ({ path, etag: "" }));
  }

  async prepare(exchange: (request: Uint8Array) => Promise<Answer>): Promise<void> {
    for (const profile of this.#profiles) {
      const { etag } = await exchange(request("GET", profile.path));
      if (etag === undefined) throw new Error("Preparing the patches failed: a profile came without an ETag");
      profile.etag = etag;
    }
  }

  next(): Uint8Array {
    this.#index = (this.#index + 1) % this.#profiles.length;
    const { path = "", etag = "" } = this.#profiles[this.#index] ?? {};
    const body = JSON.stringify({ name: `Renamed ${++this.#count}`, age: 1 + this.#count % 150 });
    const headers = { "Content-Type": "application/merge-patch+json", "If-Match": etag };
    return request("PATCH", path, { headers, body });
  }

  answered({ etag }: Answer): void {
    const profile = this.#profiles[this.#index];
    if (profile !== undefined && etag !== undefined) profile.etag = etag;
  }
}

/** The bytes of a request; its body is ASCII. */
function request(method: string, path: string, { headers = {}, body }: RequestParts = {}): Uint8Array {
  let text = `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n`;
  for (const [name, value] of Object.entries(headers)) text += `${name}: ${value}\r\n`;
  if (body !== undefined) text += `Content-Length: ${body.length}\r\n`;
  return ENCODER.encode(`${text}\r\n${body ?? ""}`);
}

interface RequestParts {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}
