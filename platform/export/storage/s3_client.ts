import { createHash } from "node:crypto";
import { setTimeout } from "node:timers/promises";
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
}

/** Response, and whether an earlier attempt may have succeeded without one. */
export interface S3Response {
  readonly response: Response;
  readonly isRepeated: boolean;
}

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

  constructor(bucket: string, { endpoint, region, accessKeyId, secretAccessKey, sessionToken }: S3Config) {
    if (accessKeyId === undefined || secretAccessKey === undefined) {
      throw new CommandError(
        "s3:// needs EXPORT_S3_ACCESS_KEY_ID and EXPORT_S3_SECRET_ACCESS_KEY",
      );
    }
    this.#bucket = bucket;
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
    const { method, key, accepts = [] } = request;
    let failure = "";
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (attempt > 0) await setTimeout(FIRST_DELAY_MS * 2 ** attempt * Math.random());
      try {
        const response = await this.#attempt(request);
        if (response.ok || accepts.includes(response.status)) return { response, isRepeated: attempt > 0 };
        failure = await describe(response);
        if (response.status < 500 && response.status !== 429) break;
      } catch (error) {
        failure = error instanceof Error ? error.message : "no response";
      }
    }
    const place = key === "" ? `s3://${this.#bucket}` : `s3://${this.#bucket}/${key}`;
    throw new CommandError(`${method} ${place} failed: ${failure}`);
  }

  async #attempt({ method, key, query = {}, headers = {}, body }: S3Request): Promise<Response> {
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
    return await fetch(url, {
      method,
      headers: { ...all, Authorization: await signer.authHeader() },
      body: body === undefined ? null : new Blob([...body]),
      // A redirect would lead to another bucket or region.
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  }
}

/** Returns the status and the code of an error response. */
async function describe(response: Response): Promise<string> {
  const text = await response.text();
  const [, code] = /<Code>([\w.]{1,64})<\/Code>/.exec(text) ?? [];
  return [String(response.status), ...(code === undefined ? [] : [code])].join(" ");
}
