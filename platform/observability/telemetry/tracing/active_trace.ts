import { AsyncLocalStorage } from "node:async_hooks";
import { type SpanContext, TraceFlags } from "@opentelemetry/api";
import type { RecordedSpan } from "./recorded_span.ts";

/** A trace that is not recorded. Its ids are passed on, so that the services behind follow the decision. */
export class UnrecordedTrace implements SpanContext {
  readonly isRecorded = false;
  readonly traceFlags = TraceFlags.NONE;

  constructor(readonly traceId: string, readonly spanId: string, readonly incoming?: Headers) {}

  get traceParent(): string {
    return `00-${this.traceId}-${this.spanId}-00`;
  }
}

/**
 * Innermost span of the code that runs, or the unrecorded trace of a caller. Undefined for requests and work that are not
 * recorded otherwise, so that they pay nothing.
 */
export const activeTrace = new AsyncLocalStorage<RecordedSpan | UnrecordedTrace | undefined>();

/** Returns the innermost span; undefined if the code that runs is not recorded. */
export function activeSpan(): RecordedSpan | undefined {
  const active = activeTrace.getStore();
  return active?.isRecorded === true ? active : undefined;
}
