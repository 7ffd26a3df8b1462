import { KNOWN_METHODS } from "@archway/server/methods.ts";
import type { RequestObserver } from "@archway/server/request_observer.ts";
import type { MetricSink } from "@archway/service_kit/metric_sink.ts";

/** Bounds from 0.5 ms to 10 s. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Returns an observer that measures requests: duration by operation, requests in flight, and problems by type. Labels are
 * routes, known methods, status classes and problem types of the program, never client input.
 */
export function measureRequests(sink: MetricSink): RequestObserver {
  const duration = sink.histogram({
    name: "archway.request.duration",
    description: "Duration of requests until their response was ready",
    unit: "s",
    labels: ["route", "method", "status"],
    buckets: BUCKETS,
  });
  const problems = sink.counter({
    name: "archway.request.problems",
    description: "Responses with a problem, by problem type",
    unit: "",
    labels: ["problem"],
  });
  const outcomes = sink.counter({
    name: "archway.request.outcomes",
    description:
      "Outcomes of operations that their OpenAPI document counts: done, replayed, or the problem type",
    unit: "",
    labels: ["of", "outcome"],
  });
  const deprecated = sink.counter({
    name: "archway.request.deprecated",
    description: "Requests of deprecated operations, by operation",
    unit: "",
    labels: ["operation"],
  });
  let inFlight = 0;
  const description = "Requests in flight";
  sink.gauge({ name: "archway.request.in_flight", description, unit: "", labels: [] }, () => [
    { value: inFlight, labels: {} },
  ]);
  return (serve) => async (exchange): Promise<Response> => {
    const started = performance.now();
    inFlight++;
    const response = await serve(exchange);
    inFlight--;
    const { method, problem, countedAs, replayed } = exchange;
    duration((performance.now() - started) / 1000, {
      route: exchange.route || "unmatched",
      method: KNOWN_METHODS.has(method) ? method : "_OTHER",
      status: `${Math.trunc(response.status / 100)}xx`,
    });
    if (problem !== undefined) problems(1, { problem });
    if (exchange.deprecated !== undefined) deprecated(1, { operation: exchange.deprecated.operationId });
    if (countedAs !== undefined) {
      outcomes(1, { of: countedAs, outcome: replayed ? "replayed" : problem ?? "done" });
    }
    return response;
  };
}
