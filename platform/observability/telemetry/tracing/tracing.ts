import type { HeadSampler } from "./head_sampler.ts";
import type { Propagation } from "./propagation.ts";
import type { SpanOrigin } from "./recorded_span.ts";

/** Destination of spans, and the rules by which they are recorded. */
export interface Tracing {
  readonly origin: SpanOrigin;
  readonly sampler: HeadSampler;
  readonly propagation: Propagation;
}
