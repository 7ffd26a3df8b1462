import { CommandError } from "@archway/service_kit/command.ts";
import type { S3Config } from "../export_config.ts";
import { MANIFEST_FILE, MAX_MANIFEST_BYTES } from "../manifest/manifest.ts";
import { S3Client } from "./s3_client.ts";
import { type ExportStorage, type FileSink, ManifestConflict, type StoredManifest } from "./storage.ts";

/** Options of {@link openS3Storage}. */
export interface S3StorageOptions {
  /** Name of the data set, whose folder is opened. */
  readonly name: string;
  readonly config: S3Config;
  /** Aborts requests, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Maximum number of pages of a list, and of bytes in all of them. */
const MAX_PAGES = 10_000;
const MAX_LIST_BYTES = 256 * 1024 * 1024;

/**
 * Opens the folder of a data set in an object store. There is no lock: the manifest is only replaced if it is the one that
 * was read, so that of two exports at the same time one fails, and its files are never listed.
 *
 * @throws {CommandError} for an invalid target or missing credentials.
 */
export function openS3Storage(target: string, { name, ...options }: S3StorageOptions): ExportStorage {
  const [, bucket, prefix = ""] = /^[Ss]3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(target) ??
    [];
  const parts = prefix.split("/").filter((part) => part !== "");
  if (bucket === undefined) {
    throw new CommandError(
      "--to must be s3://bucket/prefix, with a bucket of 3 to 63 lower-case letters, digits, - and .",
    );
  }
  if (parts.some((part) => !/^[\w.=-]+$/.test(part) || /^\.+$/.test(part))) {
    throw new CommandError(
      "--to must be s3://bucket/prefix, with a prefix of letters, digits, -, _, ., = and /, without . and .. as parts",
    );
  }
  return new S3Storage(new S3Client(bucket, options), [...parts, name].join("/"));
}

class S3Storage implements ExportStorage {
  readonly #client: S3Client;
  readonly #folder: string;
  readonly isExclusive = false;

  constructor(client: S3Client, folder: string) {
    this.#client = client;
    this.#folder = folder;
  }

  async readManifest(): Promise<StoredManifest | undefined> {
    const { status, tag, body } = await this.#client.send({
      ...{ method: "GET", key: this.#manifest, accepts: [404], maxBytes: MAX_MANIFEST_BYTES },
    });
    if (status === 404) return undefined;
    if (tag === null) throw new CommandError("The object store returns no ETag, which exports depend on");
    return { text: new TextDecoder().decode(body), tag };
  }

  async replaceManifest(text: string, replaced: StoredManifest | undefined): Promise<StoredManifest> {
    const condition = replaced?.tag === undefined ? { "If-None-Match": "*" } : { "If-Match": replaced.tag };
    const { status, tag, isRepeated } = await this.#client.send({
      ...{ method: "PUT", key: this.#manifest, accepts: [404, 409, 412] },
      headers: { ...condition, "Content-Type": "application/json" },
      body: [new TextEncoder().encode(text)],
    });
    const isDone = status < 300;
    if (isDone && tag !== null) return { text, tag };
    // An earlier attempt whose response was lost may have replaced it.
    const current = isDone || isRepeated ? await this.readManifest() : undefined;
    if (current?.text === text) return current;
    throw new ManifestConflict(
      "Another export has replaced the manifest meanwhile; nothing was added. Repeat the command",
    );
  }

  createFile(path: string): Promise<FileSink> {
    const key = `${this.#folder}/${path}`;
    const parts: Uint8Array<ArrayBuffer>[] = [];
    return Promise.resolve({
      write(bytes): Promise<void> {
        parts.push(new Uint8Array(bytes));
        return Promise.resolve();
      },
      close: async (): Promise<void> => {
        const headers = { "Content-Type": "application/vnd.apache.parquet" };
        await this.#client.send({ method: "PUT", key, headers, body: parts });
        parts.length = 0;
      },
      abort(): Promise<void> {
        parts.length = 0;
        return Promise.resolve();
      },
    });
  }

  async readFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
    return (await this.#client.send({ method: "GET", key: `${this.#folder}/${path}` })).body;
  }

  async list(): Promise<readonly string[]> {
    const prefix = `${this.#folder}/day=`;
    const paths: string[] = [];
    let [next, bytes]: [string | undefined, number] = [undefined, 0];
    const tokens = new Set<string>();
    do {
      const query = { "list-type": "2", prefix, ...(next !== undefined && { "continuation-token": next }) };
      const { body } = await this.#client.send({ method: "GET", key: "", query });
      bytes += body.length;
      if (bytes > MAX_LIST_BYTES) {
        throw new CommandError(`The object store lists too many files of ${prefix}`);
      }
      const text = new TextDecoder().decode(body);
      for (const key of textsOf(text, "Key")) paths.push(key.slice(this.#folder.length + 1));
      [next] = textsOf(text, "NextContinuationToken");
      if (next !== undefined && (tokens.has(next) || tokens.size >= MAX_PAGES)) {
        throw new CommandError(`The object store lists the files of ${prefix} without an end`);
      }
      if (next !== undefined) tokens.add(next);
    } while (next !== undefined);
    return paths;
  }

  async remove(path: string): Promise<void> {
    const key = `${this.#folder}/${path}`;
    await this.#client.send({ method: "DELETE", key, accepts: [404] });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  get #manifest(): string {
    return `${this.#folder}/${MANIFEST_FILE}`;
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** Returns the texts of the elements of a name. The keys of an export have no other special characters. */
function textsOf(xml: string, element: string): readonly string[] {
  return [...xml.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, "g"))].map(([, text = ""]) =>
    text.replace(/&(\w+);/g, (entity, name: string) => ENTITIES[name] ?? entity)
  );
}
