import {
  checkIfMatchSyntax,
  narrowIfMatch,
  refuseConditions,
  requiresIfMatch,
  takesNoCondition,
} from "../representation/conditional.ts";
import type { Deadlines } from "../request/deadlines.ts";
import { compileRateLimits } from "../rate_limit/enforce_rate_limit.ts";
import { compileResponses, createNegotiation } from "../representation/response.ts";
import type { Exchange } from "../request/exchange.ts";
import { compileKeyed } from "../idempotency/compile_keyed.ts";
import type { Idempotency } from "../idempotency.ts";
import { readIdempotencyKey, requiresIdempotencyKey } from "../idempotency/idempotency_key.ts";
import type { DecodedRequest, Operation, Route } from "../operation.ts";
import { compileParameters } from "../parameters/decode_parameters.ts";
import { compilePath, type Endpoint } from "../routing/resource.ts";
import { Problem } from "../problem.ts";
import type { RateLimitOptions } from "../rate_limit.ts";
import { RequestErrors } from "../problems/request_errors.ts";
import type { Authenticator } from "../security/authenticator.ts";
import { compileSecurity } from "../security/enforce_security.ts";
import { checkResponse } from "./check_response.ts";
import { checkUnusedBody, compileBody, validateParameters } from "./operation_input.ts";

/** What all operations share. */
export interface OperationOptions {
  readonly maxBodyBytes: number;
  readonly readDeadlines: Deadlines;
  readonly validateResponses: boolean;
  /** Undefined: authentication is off. */
  readonly authenticator: Authenticator | undefined;
  /** Undefined: callers may ask for as much as they like. */
  readonly rateLimit: RateLimitOptions | undefined;
  /** Undefined: no operation may require an `Idempotency-Key`. */
  readonly idempotency: Idempotency | undefined;
  /** The answer to an error by which the state of things refuses a request; undefined: it is another error. */
  readonly refusal: (error: unknown, exchange: Exchange) => Response | undefined;
}

/**
 * The second half of the way of a request: from the matched operation to its response. Everything that depends on the
 * document alone is prepared here, once.
 */
export function compileOperation({ operation, handle }: Route, options: OperationOptions): Endpoint {
  const { maxBodyBytes, readDeadlines } = options;
  const enforceSecurity = compileSecurity(operation, options.authenticator);
  const limits = compileRateLimits(operation, options.rateLimit, {
    authenticates: enforceSecurity !== undefined,
  });
  const offers = successMediaTypes(operation);
  const countedAs = countedName(operation);
  const negotiate = offers.length === 0 ? undefined : createNegotiation(offers);
  const readBody = compileBody(operation, { maxBytes: maxBodyBytes, deadlines: readDeadlines });
  const readPath = compilePath(operation.path);
  const decodeParameters = compileParameters(operation);
  const needsIfMatch = requiresIfMatch(operation);
  const isUnconditional = takesNoCondition(operation);
  const writeResponse = compileResponses(operation);
  const respondKeyed = requiresIdempotencyKey(operation)
    ? compileKeyed(operation, { idempotency: options.idempotency, refusal: options.refusal, run })
    : undefined;

  async function run(request: DecodedRequest, exchange: Exchange): Promise<Response> {
    const answer = await handle(request, exchange);
    if (options.validateResponses) checkResponse(operation, answer);
    return writeResponse(answer, exchange);
  }

  return {
    method: operation.method,
    path: operation.path,
    accepts: operation.requestBody?.content.map(({ mediaType }) => mediaType) ?? [],
    async handle(exchange): Promise<Response> {
      exchange.countedAs = countedAs;
      // Before anything of the request is read: who may not call learns nothing about what is asked, and costs little.
      if (limits.address !== undefined) await limits.address(exchange);
      const admitted = enforceSecurity?.(exchange);
      if (admitted !== undefined) await admitted;
      if (limits.caller !== undefined) await limits.caller(exchange);
      if (negotiate !== undefined && negotiate(exchange.fields.accept) === undefined) {
        throw new Problem(406, "not-acceptable", {
          detail: "The Accept header excludes every media type of the operation",
          headers: { Vary: "Accept" },
        });
      }
      const errors = new RequestErrors();
      if (readBody === undefined) checkUnusedBody(exchange, maxBodyBytes);
      const content = readBody === undefined ? undefined : await readBody(exchange, errors);
      const parameters = decodeParameters(exchange, readPath(exchange.path) ?? {}, errors);
      const lacksIfMatch = needsIfMatch && exchange.fields.ifMatch === null;
      if (needsIfMatch) checkIfMatchSyntax(exchange, errors);
      else if (isUnconditional) refuseConditions(exchange, errors);
      // The lack of it has a status of its own, so the validator is not to find it.
      if (lacksIfMatch) parameters.headers["If-Match"] = "*";
      validateParameters(parameters, operation.validateParameters, errors);
      if (lacksIfMatch && !errors.malformed) {
        throw new Problem(428, "precondition-required", {
          detail: "Send the ETag of the resource in If-Match",
        });
      }
      const key = respondKeyed === undefined ? "" : readIdempotencyKey(exchange, errors);
      errors.throwIfAny();
      if (needsIfMatch && exchange.fields.ifNoneMatch !== null) {
        parameters.headers["If-Match"] = narrowIfMatch(String(parameters.headers["If-Match"]), exchange);
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

/** The operation's `x-counted-as`. @throws {Error} when that is no name. */
function countedName({ operationId, extensions }: Operation): string | undefined {
  const name = extensions["x-counted-as"];
  if (name === undefined || (typeof name === "string" && /^[a-z][a-z_]{0,39}$/.test(name))) return name;
  throw new Error(`x-counted-as of ${operationId} has to be a name of lower-case letters, such as payments`);
}

function successMediaTypes({ responses }: Operation): string[] {
  const offers = new Set<string>();
  for (const [status, { content }] of Object.entries(responses)) {
    if (!status.startsWith("2")) continue;
    for (const { mediaType } of content) offers.add(mediaType);
  }
  return [...offers];
}
