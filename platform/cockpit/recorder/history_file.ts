import { join } from "node:path";
import type { RequestDetail } from "./recorded_request.ts";

/** Size at which the file becomes the earlier one, and that replaces the one before: 50 MB in all. */
const MAX_BYTES = 25_000_000;

/**
 * File with a request in each line, which is kept over restarts. A file and not the embedded database: that is the
 * subject of what is recorded, is another one with an external server, and would pay for every request. Only the user of
 * the program can read it; its headers have no secrets (recorded_request.ts).
 */
export class HistoryFile {
  readonly #directory: string;
  readonly #current: string;
  readonly #previous: string;
  #bytes: number | undefined;
  /** End of what earlier runs have written. */
  #startBytes = 0;
  #hasFailed = false;

  constructor(directory: string) {
    this.#directory = directory;
    this.#current = join(directory, "requests.ndjson");
    this.#previous = join(directory, "requests.previous.ndjson");
    try {
      this.#startBytes = Deno.statSync(this.#current).size;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  /** Reads the requests of earlier runs by id, oldest first. Lines that a crash has cut are left out. */
  async earlier(): Promise<ReadonlyMap<number, RequestDetail>> {
    const requests = new Map<number, RequestDetail>();
    for (const [path, end] of [[this.#previous, undefined], [this.#current, this.#startBytes]] as const) {
      const bytes = (await readIfExists(path)).subarray(0, end);
      for (const line of new TextDecoder().decode(bytes).split("\n")) {
        const request = parse(line);
        if (request !== undefined) requests.set(request.id, request);
      }
    }
    return requests;
  }

  /** Appends requests. A failure, such as a full disk, ends the writing but not the program. */
  async append(requests: readonly RequestDetail[]): Promise<void> {
    if (this.#hasFailed) return;
    const bytes = new TextEncoder().encode(
      requests.map((request) => `${JSON.stringify(request, withoutBigInts)}\n`).join(""),
    );
    try {
      await Deno.mkdir(this.#directory, { recursive: true, mode: 0o700 });
      this.#bytes ??= this.#startBytes;
      if (this.#bytes > 0 && this.#bytes + bytes.length > MAX_BYTES) {
        await Deno.rename(this.#current, this.#previous);
        this.#bytes = this.#startBytes = 0;
      }
      await Deno.writeFile(this.#current, bytes, { append: true, mode: 0o600 });
      this.#bytes += bytes.length;
    } catch {
      this.#hasFailed = true;
    }
  }
}

async function readIfExists(path: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Uint8Array();
    throw error;
  }
}

function parse(line: string): RequestDetail | undefined {
  if (line === "") return undefined;
  try {
    const value: RequestDetail = JSON.parse(line);
    return typeof value.id === "number" && Array.isArray(value.spans) ? value : undefined;
  } catch {
    return undefined;
  }
}

function withoutBigInts(_name: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
