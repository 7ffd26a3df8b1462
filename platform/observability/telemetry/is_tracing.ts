import { isSpanContextValid, trace } from "@opentelemetry/api";

/** Instrumentation scope of the program's spans and metrics. */
export const SCOPE = "archway";

/**
 * Whether Deno records spans: `OTEL_DENO=true` is set when the program starts, or was set for `deno compile`. Checked
 * with a probe span, which is never ended and so never exported.
 */
export function isTracing(): boolean {
  return isSpanContextValid(trace.getTracer(SCOPE).startSpan("probe").spanContext());
}
