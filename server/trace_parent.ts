/** The span that a request comes from, in another program. */
export interface TraceParent {
  /** 32 lower-case hexadecimal digits, not all 0. */
  readonly traceId: string;
  /** 16 lower-case hexadecimal digits, not all 0; undefined where only the trace was named. */
  readonly spanId: string | undefined;
  /** Whether it is recorded; undefined: that was left to who comes next. */
  readonly sampled: boolean | undefined;
}

const VERSION_00 = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
/** Later versions begin with the same fields. */
const LATER = /^(?!00|ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;
const ZEROS = /^0+$/;

/**
 * Reads a `traceparent` (W3C Trace Context, section 3.2). Undefined for one that is absent or malformed: it is then as
 * if there were none.
 */
export function parseTraceParent(header: string | null): TraceParent | undefined {
  if (header === null) return undefined;
  const [, traceId = "", spanId = "", flags = ""] = VERSION_00.exec(header) ?? LATER.exec(header) ?? [];
  if (traceId === "" || ZEROS.test(traceId) || ZEROS.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (parseInt(flags, 16) & 1) === 1 };
}
