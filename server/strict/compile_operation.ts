import {
  checkConditions,
  ifMatchParameter,
  narrowIfMatch,
  refuseConditions,
  takesNoCondition,
} from "../representation/conditional.ts";
import type { DeprecatedUses } from "../deprecation/deprecated_uses.ts";
import type { Deadlines } from "../request/deadlines.ts";
import { compileRateLimits } from "../rate_limit/enforce_rate_limit.ts";
import { isRange } from "../representation/media_type.ts";
import { compileResponses, createNegotiation, successMediaTypes } from "../representation/response.ts";
import type { Exchange } from "../request/exchange.ts";
import { compileKeyed } from "../idempotency/compile_keyed.ts";
import type { Idempotency } from "../idempotency.ts";
import { readIdempotencyKey, requiresIdempotencyKey } from "../idempotency/idempotency_key.ts";
import type { DecodedRequest, Operation, Route } from "../operation.ts";
import type { OperationCall } from "../operation_calls.ts";
import { compileParameters } from "../parameters/decode_parameters.ts";
import { compilePath, type Endpoint } from "../routing/resource.ts";
import { Problem } from "../problem.ts";
import type { RateLimitOptions } from "../rate_limit.ts";
import { RequestErrors } from "../problems/request_errors.ts";
import type { Authentication } from "../security/authenticator.ts";
import { compileSecurity } from "../security/enforce_security.ts";
import { compileStreams } from "../streams/compile_streams.ts";
import type { OpenStreams } from "../streams/open_streams.ts";
import { checkResponse } from "./check_response.ts";
import { compileCall } from "./compile_call.ts";
import { checkUnusedBody, compileBody, validateParameters } from "./operation_input.ts";

/** Options that all operations share. */
export interface OperationOptions {
  readonly maxBodyBytes: number;
  readonly readDeadlines: Deadlines;
  readonly validateResponses: boolean;
  readonly authentication: Authentication;
  /** Rate limits are disabled if undefined. */
  readonly rateLimit: RateLimitOptions | undefined;
  /** Operations that require an `Idempotency-Key` are rejected if undefined. */
  readonly idempotency: Idempotency | undefined;
  readonly streams: OpenStreams;
  readonly deprecatedUses: DeprecatedUses;
  /** Converts an error caused by the current state to a response. Returns undefined for any other error. */
  readonly refusal: (error: unknown, exchange: Exchange) => Response | undefined;
}

/** Endpoint of an operation, and the calls of other API modules. */
export interface CompiledOperation extends Endpoint {
  readonly call: OperationCall;
}

/**
 * Creates the second half of the request lifecycle, from the matched operation to its response. Everything that depends
 * only on the document is prepared once.
 */
export function compileOperation(route: Route, options: OperationOptions): CompiledOperation {
  const { operation, handle } = route;
  const { maxBodyBytes, readDeadlines } = options;
  const enforceSecurity = compileSecurity(operation, options.authentication);
  const limits = compileRateLimits(operation, options.rateLimit);
  const offers = successMediaTypes(operation);
  const hasRange = offers.some(isRange);
  const countedAs = countedName(operation);
  const negotiate = offers.length === 0 ? undefined : createNegotiation(offers);
  const readBody = compileBody(operation, {
    maxBytes: maxBodyBytes,
    deadlines: readDeadlines,
    streams: options.streams,
  });
  const readPath = compilePath(operation.path);
  const decodeParameters = compileParameters(operation);
  const ifMatch = ifMatchParameter(operation);
  const isUnconditional = takesNoCondition(operation);
  const writeResponse = compileResponses(operation);
  const writeStream = compileStreams(operation, {
    streams: options.streams,
    validateResponses: options.validateResponses,
    writeResponse,
  });
  const respondKeyed = requiresIdempotencyKey(operation)
    ? compileKeyed(operation, { idempotency: options.idempotency, refusal: options.refusal, run })
    : undefined;

  async function run(request: DecodedRequest, exchange: Exchange): Promise<Response> {
    const result = await handle(request, exchange);
    if (options.validateResponses) checkResponse(operation, result);
    // Only now is the type known; a change was made already by any other method.
    if (hasRange && operation.method === "GET" && result.status < 300 && result.contentType !== undefined) {
      const negotiateType = createNegotiation([result.contentType]);
      if (negotiateType(exchange.fields.accept) === undefined) {
        if (result.body instanceof ReadableStream) void result.body.cancel().catch(() => {});
        throw notAcceptable([result.contentType]);
      }
    }
    return writeStream?.(result, exchange) ?? writeResponse(result, exchange);
  }

  const { authenticator, credentialAuthenticator } = options.authentication;
  return {
    call: compileCall(route, {
      isAuthenticated: authenticator !== undefined || credentialAuthenticator !== undefined,
      limits,
      validateResponses: options.validateResponses,
      respondKeyed,
    }),
    method: operation.method,
    path: operation.path,
    accepts: operation.requestBody?.content.map(({ mediaType }) => mediaType) ?? [],
    async handle(exchange): Promise<Response> {
      exchange.countedAs = countedAs;
      // First, so that unauthorized callers learn nothing about the operation and cost little.
      if (limits.address !== undefined) await limits.address(exchange);
      const admitted = enforceSecurity?.(exchange);
      if (admitted !== undefined) await admitted;
      if (limits.caller !== undefined) await limits.caller(exchange);
      if (operation.deprecation !== undefined) {
        exchange.deprecated = operation;
        options.deprecatedUses.record(operation.operationId, exchange.principal?.subject);
      }
      if (negotiate !== undefined && negotiate(exchange.fields.accept) === undefined) {
        throw notAcceptable(offers);
      }
      const errors = new RequestErrors();
      if (readBody === undefined) checkUnusedBody(exchange, maxBodyBytes);
      const content = readBody === undefined ? undefined : await readBody(exchange, errors);
      const parameters = decodeParameters(exchange, readPath(exchange.path) ?? {}, errors);
      const lacksIfMatch = ifMatch?.required === true && exchange.fields.ifMatch === null;
      if (ifMatch !== undefined) checkConditions(exchange, { errors, required: ifMatch.required });
      else if (isUnconditional) refuseConditions(exchange, errors);
      // A missing If-Match has its own status, so validation must not report it.
      if (lacksIfMatch) parameters.headers[ifMatch.name] = "*";
      validateParameters(parameters, operation.validateParameters, errors);
      if (lacksIfMatch && !errors.malformed) {
        throw new Problem(428, "precondition-required", {
          detail: "Send the ETag of the resource in If-Match",
        });
      }
      const key = respondKeyed === undefined ? "" : readIdempotencyKey(exchange, errors);
      errors.throwIfAny();
      if (ifMatch !== undefined && exchange.fields.ifNoneMatch !== null) {
        parameters.headers[ifMatch.name] = narrowIfMatch(String(parameters.headers[ifMatch.name]), exchange);
      }

      const { path, query, headers, cookies } = parameters;
      const { contentType, body } = content ?? {};
      const request = { path, query, headers, cookies, contentType, body };
      return respondKeyed === undefined
        ? await run(request, exchange)
        : await respondKeyed(request, exchange, key);
    },
  };
}

function notAcceptable(offers: readonly string[]): Problem {
  return new Problem(406, "not-acceptable", {
    detail: `The Accept header excludes every media type of the operation; send ${offers.join(" or ")}`,
    headers: { Vary: "Accept" },
  });
}

/**
 * Returns the operation's `x-counted-as`.
 *
 * @throws {Error} if it is not a valid name.
 */
function countedName({ operationId, extensions }: Operation): string | undefined {
  const name = extensions["x-counted-as"];
  if (name === undefined || (typeof name === "string" && /^[a-z][a-z_]{0,39}$/.test(name))) return name;
  throw new Error(
    `x-counted-as of ${operationId} must be a name of lower-case letters and underscores, such as payments`,
  );
}
