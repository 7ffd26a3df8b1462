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
import { isStreamed } from "../strict/operation_input.ts";
import type { Exchange } from "../request/exchange.ts";

/** Response header that marks a replayed response; its value is `true`. */
const IDEMPOTENCY_REPLAYED = "Idempotency-Replayed";

/** Options of a keyed operation. */
export interface KeyedOptions {
  readonly idempotency: Idempotency | undefined;
  /** Converts an error caused by the current state to a response. Returns undefined for any other error. */
  readonly refusal: (error: unknown, exchange: Exchange) => Response | undefined;
  /** Runs the handler and writes its response. */
  readonly run: (request: DecodedRequest, exchange: Exchange) => Promise<Response>;
}

/** Responds to a validated request, once per key. */
export type RespondKeyed = (request: DecodedRequest, exchange: Exchange, key: string) => Promise<Response>;

/**
 * Prepares an operation whose document requires an `Idempotency-Key`.
 *
 * @throws {Error} if there is no store for keys, or the body has files or is a stream, which cannot be compared.
 */
export function compileKeyed(operation: Operation, options: KeyedOptions): RespondKeyed {
  const { refusal, run } = options;
  const name = `${operation.method} ${operation.path}`;
  const idempotency = requireIdempotency(operation, options);
  async function runOnce(request: KeyedRequest, work: Work): Promise<KeyedResponse | Response> {
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
    let response: Response | undefined;
    const result = await runOnce(keyed, async (unit) => {
      exchange.unit = unit;
      exchange.body = undefined;
      try {
        response = await run(request, exchange);
      } catch (error) {
        response = refusal(error, exchange);
        if (response === undefined) throw error;
      } finally {
        exchange.unit = undefined;
      }
      return toResult(response, exchange);
    });
    if (result instanceof Response) return result;
    const final = result.replayed || response === undefined ? replay(result.response, exchange) : response;
    for (const { name } of operation.responses[String(final.status)]?.headers ?? []) {
      const value = result.fresh[name];
      if (value !== undefined) final.headers.set(name, value);
    }
    return final;
  };
}

function requireIdempotency(
  { operationId, requestBody }: Operation,
  { idempotency }: KeyedOptions,
): Idempotency {
  if (idempotency === undefined) {
    throw new Error(`${operationId} requires an Idempotency-Key, but the server has no store for keys`);
  }
  if (requestBody?.content.some(({ codec }) => codec === "multipart")) {
    throw new Error(`${operationId} requires an Idempotency-Key, but forms with files cannot be compared`);
  }
  if (requestBody?.content.some(isStreamed)) {
    throw new Error(
      `${operationId} requires an Idempotency-Key, but a body that is a stream cannot be compared`,
    );
  }
  return idempotency;
}

/** Response of a handler that failed: its work is rolled back, and a retry runs again. */
class UnstoredResponse extends Error {
  override readonly name = "UnstoredResponse";
  constructor(readonly response: Response) {
    super("The handler responded with an error");
  }
}

/** Converts a response to the form that is stored, without headers specific to the exchange. */
function toResult(response: Response, { body }: Exchange): WorkResult {
  const { status } = response;
  if (status >= 500) throw new UnstoredResponse(response);
  const headers = [...response.headers].filter(([name]) => name !== "x-request-id");
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return {
    // Not read from the response, which would turn its body into a stream.
    response: { status, headers, body: bytes },
    refused: status >= 400,
  };
}

function replay({ status, headers, body }: StoredResponse, exchange: Exchange): Response {
  const response = new Response(body === undefined ? null : new Uint8Array(body), { status });
  for (const [name, value] of headers) {
    if (name === "set-cookie") response.headers.append(name, value);
    else response.headers.set(name, value);
  }
  response.headers.set("X-Request-Id", exchange.requestId);
  response.headers.set(IDEMPOTENCY_REPLAYED, "true");
  exchange.replayed = true;
  exchange.problem = status < 400 ? undefined : problemSlug(body);
  exchange.body = body;
  return response;
}

/** Returns the slug of a problem's type; undefined for any other body. */
function problemSlug(body: Uint8Array | undefined): string | undefined {
  const [, slug] = /^\{"type":"\/problems\/([a-z0-9-]+)"/.exec(new TextDecoder().decode(body)) ?? [];
  return slug;
}

/**
 * Returns the SHA-256 of the decoded operation, path, query and body. Therefore the order of properties and whitespace
 * do not matter. Headers are not included.
 */
export function requestFingerprint(operation: string, request: DecodedRequest): Uint8Array {
  const { path, query, contentType = null, body = null } = request;
  return createHash("sha256").update(canonicalText([operation, path, query, contentType, body])).digest();
}

/** Serializes JSON with sorted properties; bytes are written in a form that no JSON value has. */
function canonicalText(value: unknown): string {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "undefined";
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  if (value instanceof Uint8Array) return `{${Buffer.from(value).toString("base64")}}`;
  const members = Object.entries(value).sort(([left], [right]) => left < right ? -1 : 1);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalText(member)}`).join(",")}}`;
}
