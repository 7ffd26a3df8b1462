import { createHash } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { readLimitedBody } from "@archway/server/limited_body.ts";
import { CommandError } from "@archway/service_kit/command.ts";
import { AwsV4Signer } from "aws4fetch";
import type { S3Config } from "../export_config.ts";

/** Maximum time of one attempt, in milliseconds. */
const TIMEOUT_MS = 120_000;

const ATTEMPTS = 5;
const FIRST_DELAY_MS = 100;

/** Request for an object, or for the bucket. */
export interface S3Request {
  readonly method: "GET" | "PUT" | "DELETE";
  /** Key of the object; empty for the bucket. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: readonly Uint8Array<ArrayBuffer>[];
  /** Status codes that are no error, in addition to 200 and 204. @default {[]} */
  readonly accepts?: readonly number[];
  /** Maximum size of the body of a success. @default {256 MiB} */
  readonly maxBytes?: number;
}

/** Response, and whether an earlier attempt may have succeeded without one. */
export interface S3Response {
  readonly status: number;
  /** ETag of the object. */
  readonly tag: string | null;
  /** Body of a success; empty otherwise. */
  readonly body: Uint8Array<ArrayBuffer>;
  readonly isRepeated: boolean;
}

/** Options of {@link S3Client}. */
export interface S3ClientOptions {
  readonly config: S3Config;
  /** Aborts requests, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Maximum size of a body, of a success and of an error. Files are far smaller. */
const MAX_BYTES = 256 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;

type FetchArguments = readonly [URL, RequestInit];

/** Client of a bucket, by the REST API of S3 with addresses such as https://host/bucket/key. */
export class S3Client {
  readonly #credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string | undefined;
    readonly region: string;
    /** Keys that were derived from the secret, by day. */
    readonly cache: Map<string, ArrayBuffer>;
  };
  readonly #base: string;
  readonly #bucket: string;

  readonly #signal: AbortSignal | undefined;

  constructor(bucket: string, { config, signal }: S3ClientOptions) {
    const { endpoint, region, accessKeyId, secretAccessKey, sessionToken } = config;
    if (accessKeyId === undefined || secretAccessKey === undefined) {
      throw new CommandError(
        "s3:// needs EXPORT_S3_ACCESS_KEY_ID and EXPORT_S3_SECRET_ACCESS_KEY",
      );
    }
    this.#bucket = bucket;
    this.#signal = signal;
    const host = endpoint?.href.replace(/\/$/, "") ?? `https://s3.${region}.amazonaws.com`;
    this.#base = `${host}/${bucket}`;
    this.#credentials = { accessKeyId, secretAccessKey, sessionToken, region, cache: new Map() };
  }

  /**
   * Sends a request, again after failures that may pass.
   *
   * @throws {CommandError} for any other response, and if the last attempt fails.
   */
  async send(request: S3Request): Promise<S3Response> {
    const { method, key, accepts = [], maxBytes = MAX_BYTES } = request;
    const signal = this.#signal;
    let failure = "";
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (attempt > 0) {
        const delayMs = FIRST_DELAY_MS * 2 ** attempt * Math.random();
        await setTimeout(delayMs, undefined, { signal }).catch(() => {});
      }
      signal?.throwIfAborted();
      const prepared = await this.#prepare(request);
      try {
        const response = await fetch(...prepared);
        const { status, ok, headers } = response;
        const { bytes, isCut } = await readLimitedBody(response.body, ok ? maxBytes : MAX_ERROR_BYTES);
        const isAccepted = ok ? !isCut : accepts.includes(status);
        if (isAccepted) {
          const body = ok ? bytes : new Uint8Array();
          return { status, tag: headers.get("ETag"), body, isRepeated: attempt > 0 };
        }
        failure = ok ? "the response is too large" : describe(status, bytes);
        if (ok || (status < 500 && status !== 429)) break;
      } catch (error) {
        signal?.throwIfAborted();
        failure = error instanceof Error ? error.message : "no response";
      }
    }
    const place = key === "" ? `s3://${this.#bucket}` : `s3://${this.#bucket}/${key}`;
    throw new CommandError(`${method} ${place} failed: ${failure}`);
  }

  /** @throws {CommandError} for values that no header can have, without them: they may be secrets. */
  async #prepare(request: S3Request): Promise<FetchArguments> {
    try {
      return await this.#sign(request);
    } catch {
      throw new CommandError(
        "A request to the object store cannot be made: check the settings EXPORT_S3_ENDPOINT, EXPORT_S3_ACCESS_KEY_ID, " +
          "EXPORT_S3_SECRET_ACCESS_KEY and EXPORT_S3_SESSION_TOKEN",
      );
    }
  }

  async #sign({ method, key, query = {}, headers = {}, body }: S3Request): Promise<FetchArguments> {
    const url = new URL(
      key === "" ? this.#base : `${this.#base}/${key.split("/").map(encodeURIComponent).join("/")}`,
    );
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const hash = createHash("sha256");
    for (const part of body ?? []) hash.update(part);
    const datetime = new Date().toISOString().replace(/[:-]|\.\d{3}/g, "");
    const { sessionToken, ...credentials } = this.#credentials;
    const all: Readonly<Record<string, string>> = {
      ...headers,
      "X-Amz-Content-Sha256": hash.digest("hex"),
      "X-Amz-Date": datetime,
      ...(sessionToken !== undefined && { "X-Amz-Security-Token": sessionToken }),
    };
    const signer = new AwsV4Signer({
      ...credentials,
      method,
      url: url.href,
      headers: all,
      datetime,
      service: "s3",
    });
    return [url, {
      method,
      headers: new Headers({ ...all, Authorization: await signer.authHeader() }),
      body: body === undefined ? null : new Blob([...body]),
      // A redirect would lead to another bucket or region.
      redirect: "manual",
      signal: AbortSignal.any([
        AbortSignal.timeout(TIMEOUT_MS),
        ...(this.#signal === undefined ? [] : [this.#signal]),
      ]),
    }];
  }
}

/** Returns the status and the code of an error response. */
function describe(status: number, body: Uint8Array): string {
  const [, code] = /<Code>([\w.]{1,64})<\/Code>/.exec(new TextDecoder().decode(body)) ?? [];
  return [String(status), ...(code === undefined ? [] : [code])].join(" ");
}
