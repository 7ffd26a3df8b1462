import { eventStream } from "./event_stream.ts";
import type { ViewEndpoint } from "./view_endpoint.ts";

/** Endpoint of the metrics: a stream of the charts and of their samples. */
export const metricEndpoints: readonly ViewEndpoint[] = [
  {
    method: "GET",
    path: "/metrics/live",
    handle: ({ state: { metrics, stopping } }) => eventStream((send) => metrics.watch(send), stopping),
  },
];
