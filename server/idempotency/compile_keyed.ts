import type { Exchange } from "../exchange.ts";
import type { DecodedRequest, Operation } from "../operation.ts";
import type { Idempotency, KeptAnswer, KeyedAnswer, WorkResult } from "./idempotency.ts";
import { requestFingerprint } from "./request_fingerprint.ts";

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
export type AnswerKeyed = (request: DecodedRequest, exchange: Exchange, key: string) => Promise<Response>;

/**
 * Prepares an operation whose document requires an `Idempotency-Key`.
 *
 * @throws {Error} when nothing keeps keys, or the body is one that cannot be compared: the promise of the document could
 * not be kept.
 */
export function compileKeyed(operation: Operation, options: KeyedOptions): AnswerKeyed {
  const { idempotency, refusal, run } = options;
  const name = `${operation.method} ${operation.path}`;
  if (idempotency === undefined) {
    throw new Error(`${operation.operationId} requires an Idempotency-Key, and nothing keeps keys`);
  }
  if (operation.requestBody?.content.some(({ codec }) => codec === "multipart")) {
    throw new Error(
      `${operation.operationId} requires an Idempotency-Key, and forms with files are not compared`,
    );
  }
  return async function answerKeyed(request, exchange, key): Promise<Response> {
    const keyed = {
      principal: exchange.principal?.subject,
      operation: name,
      key,
      fingerprint: requestFingerprint(name, request),
      signal: exchange.signal,
    };
    const given = await idempotency.answer(keyed, async (unit) => {
      exchange.unit = unit;
      try {
        return await kept(await run(request, exchange), exchange);
      } catch (error) {
        const response = refusal(error, exchange);
        if (response === undefined) throw error;
        return await kept(response, exchange);
      } finally {
        exchange.unit = undefined;
      }
    });
    return responseOf(given, operation, exchange);
  };
}

/** The answer as it is kept: without what is said of this one exchange. */
function kept(response: Response, { body }: Exchange): WorkResult {
  const { status } = response;
  if (status >= 500) throw new Error(`A handler answered ${status}, which is thrown and never kept`);
  const headers = [...response.headers].filter(([name]) => name !== "x-request-id");
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return {
    answer: { status, headers, body: response.body === null ? undefined : bytes },
    refused: status >= 400,
  };
}

function responseOf(
  { answer, replayed, fresh }: KeyedAnswer,
  operation: Operation,
  exchange: Exchange,
): Response {
  const response = new Response(bodyOf(answer), { status: answer.status });
  for (const [name, value] of answer.headers) response.headers.set(name, value);
  response.headers.set("X-Request-Id", exchange.requestId);
  for (const { name } of operation.responses[String(answer.status)]?.headers ?? []) {
    const value = fresh[name];
    if (value !== undefined) response.headers.set(name, value);
  }
  if (replayed) response.headers.set(IDEMPOTENCY_REPLAYED, "true");
  exchange.replayed = replayed;
  exchange.body = answer.body;
  return response;
}

function bodyOf({ body }: KeptAnswer): Uint8Array<ArrayBuffer> | null {
  return body === undefined ? null : new Uint8Array(body);
}
