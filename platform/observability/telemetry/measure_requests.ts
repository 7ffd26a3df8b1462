import { KNOWN_METHODS } from "@archway/server/methods.ts";
import type { RequestObserver } from "@archway/server/request_observer.ts";
import type { MetricSink } from "@archway/service_kit/metric_sink.ts";

/** From half a millisecond to ten seconds. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Measures requests: how long they take by operation, how many are under way, and what was refused and why. Routes,
 * known methods, classes of statuses and problems are what there is in the program; nothing of a client's is a label.
 */
export function measureRequests(sink: MetricSink): RequestObserver {
  const duration = sink.histogram({
    name: "archway.request.duration",
    description: "How long requests took until their answer was ready to be sent",
    unit: "s",
    labels: ["route", "method", "status"],
    buckets: BUCKETS,
  });
  const refusals = sink.counter({
    name: "archway.request.problems",
    description: "Requests that were answered with a problem, by its type",
    unit: "",
    labels: ["problem"],
  });
  const outcomes = sink.counter({
    name: "archway.request.outcomes",
    description: "What became of requests that their document counts: done, replayed, or the problem's type",
    unit: "",
    labels: ["of", "outcome"],
  });
  let inFlight = 0;
  const description = "Requests that are not answered yet";
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
    if (problem !== undefined) refusals(1, { problem });
    if (countedAs !== undefined) {
      outcomes(1, { of: countedAs, outcome: replayed ? "replayed" : problem ?? "done" });
    }
    return response;
  };
}
