import { isSpanContextValid, trace } from "@opentelemetry/api";

/** The name of the program's own spans and metrics in what is exported. */
export const SCOPE = "archway";

/**
 * Whether the platform makes spans, as `OTEL_DENO=true` asks it to: of the program when that runs from source, of
 * `deno compile` when it is an executable. Asked by beginning a span, which is never ended and so never exported.
 */
export function isTracing(): boolean {
  return isSpanContextValid(trace.getTracer(SCOPE).startSpan("probe").spanContext());
}
