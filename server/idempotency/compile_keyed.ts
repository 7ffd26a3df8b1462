import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type {
  Idempotency,
  KeyedRequest,
  KeyedResponse,
  StoredResponse,
  Work,
  WorkResult,
} from "../idempotency.ts";
import type { DecodedRequest, Operation } from "../operation.ts";
import type { Exchange } from "../request/exchange.ts";

/** Says that an answer is given again; its value is `true`. */
export const IDEMPOTENCY_REPLAYED = "Idempotency-Replayed";

/** What a keyed operation needs besides what every operation does. */
export interface KeyedOptions {
  readonly idempotency: Idempotency | undefined;
  /** The answer to an error by which the state of things refuses a request; undefined: it is another error. */
  readonly refusal: (error: unknown, exchange: Exchange) => Response | undefined;
  /** Runs the handler, and writes its answer. */
  readonly run: (request: DecodedRequest, exchange: Exchange) => Promise<Response>;
}

/** Answers a request that has been validated, once for every key. */
export type RespondKeyed = (request: DecodedRequest, exchange: Exchange, key: string) => Promise<Response>;

/**
 * Prepares an operation whose document requires an `Idempotency-Key`.
 *
 * @throws {Error} when nothing keeps keys, or the body is one that cannot be compared: the promise of the document could
 * not be kept.
 */
export function compileKeyed(operation: Operation, options: KeyedOptions): RespondKeyed {
  const { refusal, run } = options;
  const name = `${operation.method} ${operation.path}`;
  const idempotency = keeper(operation, options);
  async function keep(request: KeyedRequest, work: Work): Promise<KeyedResponse | Response> {
    try {
      return await idempotency.run(request, work);
    } catch (error) {
      if (error instanceof UnstoredResponse) return error.response;
      throw error;
    }
  }

  return async function respondKeyed(request, exchange, key): Promise<Response> {
    const keyed = {
      principal: exchange.principal?.subject,
      operation: name,
      key,
      fingerprint: requestFingerprint(name, request),
      signal: exchange.signal,
    };
    let made: Response | undefined;
    const given = await keep(keyed, async (unit) => {
      exchange.unit = unit;
      exchange.body = undefined;
      try {
        made = await run(request, exchange);
      } catch (error) {
        made = refusal(error, exchange);
        if (made === undefined) throw error;
      } finally {
        exchange.unit = undefined;
      }
      return kept(made, exchange);
    });
    if (given instanceof Response) return given;
    const response = given.replayed || made === undefined ? replay(given.response, exchange) : made;
    for (const { name } of operation.responses[String(response.status)]?.headers ?? []) {
      const value = given.fresh[name];
      if (value !== undefined) response.headers.set(name, value);
    }
    return response;
  };
}

function keeper({ operationId, requestBody }: Operation, { idempotency }: KeyedOptions): Idempotency {
  if (idempotency === undefined) {
    throw new Error(`${operationId} requires an Idempotency-Key, and nothing keeps keys`);
  }
  if (requestBody?.content.some(({ codec }) => codec === "multipart")) {
    throw new Error(`${operationId} requires an Idempotency-Key, and forms with files are not compared`);
  }
  return idempotency;
}

/** A handler's answer that it failed: what it has done is undone, and a repeated request is a new one. */
class UnstoredResponse extends Error {
  override readonly name = "UnstoredResponse";
  constructor(readonly response: Response) {
    super("The handler answered that it failed");
  }
}

/** The answer as it is kept: without what is said of this one exchange. */
function kept(response: Response, { body }: Exchange): WorkResult {
  const { status } = response;
  if (status >= 500) throw new UnstoredResponse(response);
  const headers = [...response.headers].filter(([name]) => name !== "x-request-id");
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return {
    // Not asked of the response, which would make a stream of its body.
    response: { status, headers, body: bytes },
    refused: status >= 400,
  };
}

function replay({ status, headers, body }: StoredResponse, exchange: Exchange): Response {
  const response = new Response(body === undefined ? null : new Uint8Array(body), { status });
  for (const [name, value] of headers) response.headers.set(name, value);
  response.headers.set("X-Request-Id", exchange.requestId);
  response.headers.set(IDEMPOTENCY_REPLAYED, "true");
  exchange.replayed = true;
  exchange.problem = status < 400 ? undefined : problemSlug(body);
  exchange.body = body;
  return response;
}

/** The last segment of the type of a problem; undefined: it is none. */
function problemSlug(body: Uint8Array | undefined): string | undefined {
  const [, slug] = /^\{"type":"\/problems\/([a-z0-9-]+)"/.exec(new TextDecoder().decode(body)) ?? [];
  return slug;
}

/**
 * The SHA-256 of what a request asks for: its operation, path, query and body as they were decoded, so that neither the
 * order of members nor white space makes another request of it. Header fields are no part of it.
 */
export function requestFingerprint(operation: string, request: DecodedRequest): Uint8Array {
  const { path, query, contentType = null, body = null } = request;
  return createHash("sha256").update(canonicalText([operation, path, query, contentType, body])).digest();
}

/** JSON with the members of objects in order of their names; bytes are an object that no JSON value is written as. */
function canonicalText(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "undefined";
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  if (value instanceof Uint8Array) return `{${Buffer.from(value).toString("base64")}}`;
  const members = Object.entries(value).sort(([left], [right]) => left < right ? -1 : 1);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalText(member)}`).join(",")}}`;
}
