import { findUnstorable } from "../body/unstorable.ts";
import type { RespondKeyed } from "../idempotency/compile_keyed.ts";
import { IDEMPOTENCY_KEY, MALFORMED_KEY, parseIdempotencyKey } from "../idempotency/idempotency_key.ts";
import type { DecodedRequest, Operation, Route } from "../operation.ts";
import type { CallInput, CallResult, OperationCall, ProblemDetails } from "../operation_calls.ts";
import { Problem } from "../problem.ts";
import { RequestErrors } from "../problems/request_errors.ts";
import type { OperationRateLimits } from "../rate_limit/enforce_rate_limit.ts";
import { lastStep } from "../representation/json_pointer.ts";
import { Exchange } from "../request/exchange.ts";
import type { RequestContext } from "../request_context.ts";
import { Challenges, hasScopes, scopeInsufficient } from "../security/challenge.ts";
import { checkResponse } from "./check_response.ts";
import { validateBody, validateParameters } from "./operation_input.ts";

/** Options of {@link compileCall}. */
export interface CallOptions {
  readonly isAuthenticated: boolean;
  readonly limits: OperationRateLimits;
  readonly validateResponses: boolean;
  /** Responds to requests with an `Idempotency-Key`; undefined if the operation takes none. */
  readonly respondKeyed: RespondKeyed | undefined;
}

/** Prepares the calls of an operation by other API modules. */
export function compileCall({ operation, handle }: Route, options: CallOptions): OperationCall {
  const { isAuthenticated, limits, validateResponses, respondKeyed } = options;
  const { security } = operation;
  const challenges = new Challenges(security);

  function authorize({ principal }: RequestContext): void {
    if (!isAuthenticated || security.length === 0 || security.some((schemes) => schemes.length === 0)) return;
    if (principal === undefined) throw challenges.missing();
    if (security.some((schemes) => schemes.every((scheme) => hasScopes(principal, scheme)))) return;
    const [[wanted] = []] = security;
    throw wanted === undefined ? challenges.missing() : scopeInsufficient(wanted);
  }

  async function perform(request: DecodedRequest, exchange: Exchange): Promise<CallResult> {
    if (respondKeyed !== undefined) return await performKeyed(respondKeyed, request, exchange);
    const result = await handle(request, exchange);
    if (validateResponses) checkResponse(operation, result);
    const { status, headers = {}, body } = result;
    return { status, headers, body, replayed: false, result };
  }

  return {
    operation,
    authorize,
    async admit(context, calls): Promise<void> {
      const exchange = exchangeOf(context);
      authorize(exchange);
      if (limits.isOwn) await limits.caller?.(exchange, calls);
    },
    async charge(context, points): Promise<void> {
      await limits.caller?.(exchangeOf(context), points);
    },
    validate: (input) => void decode(operation, input),
    async call(input, context): Promise<CallResult> {
      const exchange = exchangeOf(context);
      authorize(exchange);
      // Other quotas were charged by the request that makes the call.
      if (limits.isOwn) await limits.caller?.(exchange);
      return await perform(decode(operation, input), exchange);
    },
  };
}

/** @throws {Error} if the context is not of a request to this server. */
export function exchangeOf(context: RequestContext): Exchange {
  if (context instanceof Exchange) return context;
  throw new Error("Operations can be called only with the context of a request");
}

/** Validates an input. @throws {Problem} 400 or 422 with all validation errors. */
function decode(operation: Operation, input: CallInput): DecodedRequest {
  const errors = new RequestErrors();
  const parameters = {
    path: { ...input.path },
    query: { ...input.query },
    headers: { ...input.headers },
    cookies: {},
  };
  for (const [place, record] of [["path", parameters.path], ["query", parameters.query]] as const) {
    for (const { pointer, reason } of findUnstorable(record)) {
      errors.addMalformed({ name: lastStep(pointer) ?? "", in: place, reason });
    }
  }
  validateParameters(parameters, operation.validateParameters, errors);
  const { requestBody } = operation;
  if (requestBody === undefined) {
    errors.throwIfAny();
    return parameters;
  }
  const { contentType = requestBody.content[0]?.mediaType ?? "" } = input;
  const media = requestBody.content.find(({ mediaType }) => mediaType === contentType);
  if (media === undefined) throw new Error(`${operation.operationId} does not take ${contentType}`);
  const found = findUnstorable(input.body, { bigIntegers: media.int64 !== undefined });
  const body = validateBody({ value: input.body, errors: found }, media, errors);
  errors.throwIfAny();
  return { ...parameters, contentType, body };
}

async function performKeyed(
  respondKeyed: RespondKeyed,
  request: DecodedRequest,
  exchange: Exchange,
): Promise<CallResult> {
  const [, text = ""] = Object.entries(request.headers)
    .find(([name]) => name.toLowerCase() === IDEMPOTENCY_KEY.toLowerCase()) ?? [];
  const key = parseIdempotencyKey(String(text));
  if (key === undefined) {
    throw new Problem(400, "malformed-request", {
      detail: "The idempotency key is malformed",
      invalidParams: [{ name: IDEMPOTENCY_KEY, in: "header", reason: MALFORMED_KEY }],
    });
  }
  // The exchange describes the response of the request itself, so what the call leaves there is removed again.
  const { body, problem, replayed } = exchange;
  exchange.replayed = false;
  try {
    const response = await respondKeyed(request, exchange, key);
    const { body: sent } = exchange;
    const text = sent === undefined || typeof sent === "string" ? sent : new TextDecoder().decode(sent);
    if (response.status >= 400) throw new RefusedCall(response, JSON.parse(text ?? ""));
    const headers = Object.fromEntries(
      [...response.headers].map(([name, value]) => [documentedName(name), value]),
    );
    const { status } = response;
    return {
      status,
      headers,
      body: text === undefined ? undefined : JSON.parse(text),
      replayed: exchange.replayed,
    };
  } finally {
    Object.assign(exchange, { body, problem, replayed });
  }
}

/** Response to a call that was refused, as it is stored for its key. */
export class RefusedCall extends Error {
  override readonly name = "RefusedCall";
  constructor(readonly response: Response, readonly problem: ProblemDetails) {
    super("The call was refused");
  }
}

const NAMES = ["Consistency-Token", "ETag", "Location"];

/** Returns the name of a header field as documents write it. */
function documentedName(name: string): string {
  return NAMES.find((known) => known.toLowerCase() === name) ?? name;
}
