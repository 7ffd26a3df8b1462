import type { RequestObserver } from "@archway/server/request_observer.ts";
import type { FaultInjector } from "../faults/fault_injector.ts";
import { MAX_BODY, type RequestBodyState } from "./recorded_request.ts";
import type { Recorder } from "./recorder.ts";

/** Returns an observer that records every request with its response, and the fault that was injected into it. */
export function observeRequests(
  recorder: Recorder,
  faults: Pick<FaultInjector, "injectedInto">,
): RequestObserver {
  return (serve) => async (exchange) => {
    const startMs = performance.now();
    let requestBody: Uint8Array | undefined;
    let requestBodyState = expectedBody(exchange.request.headers);
    exchange.onBody = (bytes): void => {
      requestBody = bytes.slice(0, MAX_BODY);
      requestBodyState = bytes.length > MAX_BODY ? "cut" : "whole";
    };
    const { request: { headers: requestHeaders }, method, path, query, requestId } = exchange;
    const response = await serve(exchange);
    const { body } = exchange;
    recorder.request({
      ...{ requestId, method, path, query, startMs, requestHeaders, requestBody, requestBodyState },
      traceId: exchange.ownTraceId,
      route: exchange.route,
      status: response.status,
      problem: exchange.problem,
      subject: exchange.principal?.subject,
      endMs: performance.now(),
      responseHeaders: response.headers,
      responseBody: body !== undefined && body.length <= MAX_BODY ? body : undefined,
      fault: faults.injectedInto(exchange),
    });
    return response;
  };
}

/** Returns what is known of a body before it is read. */
function expectedBody(headers: Headers): RequestBodyState {
  const length = headers.get("content-length");
  // HTTP/2 needs no header for a body; its type shows that there is one.
  const isExpected = length === null
    ? headers.has("transfer-encoding") || headers.has("content-type")
    : length !== "0";
  return isExpected ? "unread" : "whole";
}
