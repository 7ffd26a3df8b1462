import type { LambdaResponseMode } from "@archway/config/lambda_config.ts";
import type { Logger } from "@archway/server/logger.ts";
import type { Server } from "@archway/server/server.ts";
import { requestOf } from "./event_request.ts";
import { payloadOf, problemResponse } from "./event_response.ts";
import { type HttpEvent, parseHttpEvent } from "./http_event.ts";
import { responseStream } from "./response_stream.ts";
import type { Invocation, RuntimeApi } from "./runtime_api.ts";

/** Time before the deadline when a request without a response gets 503: a tenth of what is left, at most, in milliseconds. */
const MAX_MARGIN_MS = 500;

/** Dependencies of {@link serveInvocation}. */
export interface ServeInvocationDependencies {
  readonly api: RuntimeApi;
  readonly server: Pick<Server, "fetch">;
  readonly logger: Logger;
  readonly responseMode: LambdaResponseMode;
  /** Path of the public base URL; empty if there is none. */
  readonly basePath: string;
}

/**
 * Responds to one event.
 *
 * @throws {RuntimeApiError} if the Runtime API does not respond.
 */
export async function serveInvocation(
  invocation: Invocation,
  { api, server, logger, responseMode, basePath }: ServeInvocationDependencies,
): Promise<void> {
  const event = parseHttpEvent(invocation.event);
  if (event === undefined) {
    logger.warn("Event {invocation} is not an HTTP request", { invocation: invocation.id });
    await api.fail(invocation.id, {
      type: "Runtime.UnknownEvent",
      message: "The event is not an HTTP request of API Gateway (REST or HTTP API), a function URL or an " +
        "Application Load Balancer",
    });
    return;
  }
  const ending = new AbortController();
  const { respondWithinMs, endWithinMs } = limitsOf(invocation);
  const timer = endWithinMs === undefined
    ? undefined
    : setTimeout(() => ending.abort(new DOMException("The function timed out", "TimeoutError")), endWithinMs);
  try {
    const response = await respond(event, { server, invocation, basePath, respondWithinMs });
    const { signal } = ending;
    const streams = responseMode === "streaming" && event.isFunctionUrl;
    const status = streams
      ? await sendStream(responseStream(response, signal), { api, invocation, logger, signal })
      : await api.respond(invocation.id, await payloadOf(response, { form: event.form, signal }));
    if (status !== undefined && status >= 300) {
      logger.error("The Runtime API refused the response to event {invocation} with {status}", {
        invocation: invocation.id,
        status,
      });
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Returns the times in which the response has to begin, and to be complete; nothing if they are unlimited. */
function limitsOf(
  { deadlineMs }: Invocation,
): { readonly respondWithinMs?: number; readonly endWithinMs?: number } {
  if (deadlineMs === undefined) return {};
  const leftMs = Math.max(0, deadlineMs - Date.now());
  const marginMs = Math.min(MAX_MARGIN_MS, leftMs / 10);
  return { respondWithinMs: leftMs - marginMs, endWithinMs: leftMs - marginMs / 2 };
}

async function respond(
  event: HttpEvent,
  { server, invocation, basePath, respondWithinMs }:
    & Pick<ServeInvocationDependencies, "server" | "basePath">
    & {
      readonly invocation: Invocation;
      readonly respondWithinMs: number | undefined;
    },
): Promise<Response> {
  let request: Request;
  try {
    const { id: invocationId, traceId } = invocation;
    request = requestOf(event, { invocationId, traceId, basePath });
  } catch {
    return problemResponse(400, "The request line or a header of the request is invalid");
  }
  return await server.fetch(request, {
    clientAddress: event.clientAddress,
    ...(respondWithinMs !== undefined && { respondWithinMs }),
  });
}

/** Sends a stream; undefined if it broke off, which Lambda reports to the client. */
async function sendStream(
  body: ReadableStream<Uint8Array>,
  { api, invocation: { id }, logger, signal }: Pick<ServeInvocationDependencies, "api" | "logger"> & {
    readonly invocation: Invocation;
    readonly signal: AbortSignal;
  },
): Promise<number | undefined> {
  try {
    return await api.stream(id, body);
  } catch (error) {
    const reason = signal.aborted ? "the time limit of the function" : "an error in it";
    logger.warn("Response to event {invocation} ended early: {reason}", {
      invocation: id,
      reason,
      ...(signal.aborted ? {} : { error }),
    });
    return undefined;
  }
}
