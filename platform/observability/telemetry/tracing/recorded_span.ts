import {
  type Attributes,
  type HrTime,
  type Link,
  type SpanContext,
  type SpanKind,
  type SpanStatus,
  SpanStatusCode,
  TraceFlags,
  type TraceState,
} from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { toHrTime } from "./span_clock.ts";
import { newSpanId } from "./trace_ids.ts";

/** Values that all spans of the program share, and their destination. */
export interface SpanOrigin extends Pick<ReadableSpan, "resource" | "instrumentationScope"> {
  /** Takes an ended span for export. */
  take(span: RecordedSpan): void;
}

/** Options of a span. */
export interface SpanOptions {
  readonly kind: SpanKind;
  readonly traceId: string;
  /** Span above it; undefined for the first one of a trace. */
  readonly parent?: SpanContext | undefined;
  readonly links?: Link[];
  /** Headers of the request, with what is passed on unread. */
  readonly incoming?: Headers | undefined;
}

const UNSET: SpanStatus = { code: SpanStatusCode.UNSET };
const FAILED: SpanStatus = { code: SpanStatusCode.ERROR };
const NO_LINKS: Link[] = [];
const NO_EVENTS: ReadableSpan["events"] = [];

/**
 * Span with what is exported, and nothing else. The SDK's own checks limits and reads clocks for every attribute; here
 * they are set once, when the span ends.
 */
export class RecordedSpan implements ReadableSpan, SpanContext {
  readonly isRecorded = true;
  readonly traceFlags = TraceFlags.SAMPLED;
  readonly kind: SpanKind;
  readonly traceId: string;
  readonly spanId = newSpanId();
  readonly traceState?: TraceState;
  readonly parentSpanContext?: SpanContext;
  readonly links: Link[];
  /** Headers of the request; undefined once it has ended, since a queue of spans would keep those of all its requests. */
  incoming: Headers | undefined;
  /** Time of its start since that of the process. */
  readonly startMs = performance.now();
  name = "";
  attributes: Attributes = {};
  status = UNSET;
  readonly #origin: SpanOrigin;
  /** Time of its end since the start of the process; 0 before. */
  endMs = 0;

  constructor(origin: SpanOrigin, { kind, traceId, parent, links = NO_LINKS, incoming }: SpanOptions) {
    this.#origin = origin;
    this.kind = kind;
    this.traceId = traceId;
    this.links = links;
    this.incoming = incoming;
    if (parent === undefined) return;
    this.parentSpanContext = parent;
    if (parent.traceState !== undefined) this.traceState = parent.traceState;
  }

  /** Starts a span below this one. */
  child(kind: SpanKind): RecordedSpan {
    return new RecordedSpan(this.#origin, {
      kind,
      traceId: this.traceId,
      parent: this,
      incoming: this.incoming,
    });
  }

  /**
   * Ends the span.
   *
   * @param failure Class of the error, of low cardinality; undefined if it succeeded.
   */
  end(name: string, attributes: Attributes, failure?: string): void {
    this.endMs = performance.now();
    this.name = name;
    this.attributes = attributes;
    this.incoming = undefined;
    if (failure !== undefined) {
      this.status = FAILED;
      attributes["error.type"] = failure;
    }
    this.#origin.take(this);
  }

  /** The span as a `traceparent` (W3C Trace Context, section 3.2). */
  get traceParent(): string {
    return `00-${this.traceId}-${this.spanId}-01`;
  }

  spanContext(): SpanContext {
    return this;
  }

  get startTime(): HrTime {
    return toHrTime(this.startMs);
  }

  get endTime(): HrTime {
    return toHrTime(this.endMs);
  }

  get duration(): HrTime {
    const ms = this.endMs - this.startMs;
    return [Math.trunc(ms / 1000), Math.round((ms % 1000) * 1e6)];
  }

  get ended(): boolean {
    return this.endMs !== 0;
  }

  get resource(): ReadableSpan["resource"] {
    return this.#origin.resource;
  }

  get instrumentationScope(): ReadableSpan["instrumentationScope"] {
    return this.#origin.instrumentationScope;
  }

  get events(): ReadableSpan["events"] {
    return NO_EVENTS;
  }

  get droppedAttributesCount(): number {
    return 0;
  }

  get droppedEventsCount(): number {
    return 0;
  }

  get droppedLinksCount(): number {
    return 0;
  }
}
