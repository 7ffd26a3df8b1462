import type { Exchange, RequestObserver } from "@archway/server/request_observer.ts";
import type { FaultInjector } from "../faults/fault_injector.ts";
import { MAX_BODY, type RecordedRequest, type RequestBodyState } from "./recorded_request.ts";
import type { Recorder } from "./recorder.ts";

/**
 * Returns an observer that records requests with their responses, and the faults that were injected into them. Beyond the
 * limit of the recorder, it records only those that fail.
 */
export function observeRequests(
  recorder: Recorder,
  faults: Pick<FaultInjector, "injectedInto">,
): RequestObserver {
  return (serve) => {
    async function serveRecorded(exchange: Exchange): Promise<Response> {
      const startMs = performance.now();
      let requestBody: Uint8Array | undefined;
      let requestBodyState = expectedBody(exchange.request.headers);
      exchange.onBody = (bytes): void => {
        requestBody = bytes.slice(0, MAX_BODY);
        requestBodyState = bytes.length > MAX_BODY ? "cut" : "whole";
      };
      const response = await serve(exchange);
      record(exchange, response, { startMs, requestBody, requestBodyState });
      return response;
    }

    async function serveUnrecorded(exchange: Exchange): Promise<Response> {
      const startMs = performance.now();
      const response = await serve(exchange);
      if (response.status >= 500) {
        const { headers } = exchange.request;
        record(exchange, response, {
          startMs,
          requestBody: undefined,
          requestBodyState: expectedBody(headers),
        });
      } else recorder.leaveOut();
      return response;
    }

    return (exchange) => recorder.begin() ? serveRecorded(exchange) : serveUnrecorded(exchange);
  };

  function record(
    exchange: Exchange,
    { status, headers: responseHeaders }: Response,
    begun: Pick<RecordedRequest, "startMs" | "requestBody" | "requestBodyState">,
  ): void {
    const { request: { headers: requestHeaders }, method, path, query, requestId, route, problem, body } =
      exchange;
    recorder.request({
      ...{ requestId, method, path, query, route, status, problem, requestHeaders, responseHeaders },
      ...begun,
      traceId: exchange.ownTraceId,
      subject: exchange.principal?.subject,
      endMs: performance.now(),
      responseBody: body !== undefined && body.length <= MAX_BODY ? body : undefined,
      fault: faults.injectedInto(exchange),
    });
  }
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
