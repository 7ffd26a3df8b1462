/** Parent span of a request, in another program. */
export interface TraceParent {
  /** 32 lower-case hexadecimal digits, not all 0. */
  readonly traceId: string;
  /** 16 lower-case hexadecimal digits, not all 0; undefined if only the trace is known. */
  readonly spanId: string | undefined;
  /** Whether the trace is recorded; undefined if the decision is deferred. */
  readonly sampled: boolean | undefined;
}

const VERSION_00 = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
/** Later versions start with the same fields. */
const LATER = /^(?!00|ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;
const ZEROS = /^0+$/;

/**
 * Parses a `traceparent` (W3C Trace Context, section 3.2). Returns undefined if it is absent or malformed, which are
 * treated alike.
 */
export function parseTraceParent(header: string | null): TraceParent | undefined {
  if (header === null) return undefined;
  const [, traceId = "", spanId = "", flags = ""] = VERSION_00.exec(header) ?? LATER.exec(header) ?? [];
  if (traceId === "" || ZEROS.test(traceId) || ZEROS.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (parseInt(flags, 16) & 1) === 1 };
}

/** `Root` of an `X-Amzn-Trace-Id`: version, seconds since the Unix epoch, the rest. */
const ROOT = /^1-([0-9a-fA-F]{8})-([0-9a-fA-F]{24})$/;
const PARENT = /^[0-9a-fA-F]{16}$/;
/** Maximum length of a header: three fields, and what load balancers add. */
const MAX_LENGTH = 512;

/**
 * Parses an `X-Amzn-Trace-Id` (AWS X-Ray Developer Guide, "Tracing header"). An example is
 * `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1`. Returns undefined if it is absent or
 * has no valid `Root`; ignores other malformed fields. `Sampled=?` defers the decision to the receiver.
 */
export function parseXRayTrace(header: string | null): TraceParent | undefined {
  if (header === null || header.length > MAX_LENGTH) return undefined;
  let root: string | undefined;
  let parent: string | undefined;
  let sampled: boolean | undefined;
  for (const field of header.split(";")) {
    const [name = "", value = ""] = field.split("=").map((part) => part.trim());
    if (name === "Root") root = value;
    else if (name === "Parent") parent = value;
    else if (name === "Sampled" && /^[01]$/.test(value)) sampled = value === "1";
  }
  const [, seconds = "", rest = ""] = ROOT.exec(root ?? "") ?? [];
  const traceId = (seconds + rest).toLowerCase();
  if (traceId === "" || ZEROS.test(traceId)) return undefined;
  const isSpan = parent !== undefined && PARENT.test(parent) && !ZEROS.test(parent);
  return { traceId, spanId: isSpan ? parent?.toLowerCase() : undefined, sampled };
}

/** Converts a trace ID to the form of X-Ray: version, seconds since the Unix epoch, the rest. */
export function xrayTraceId(traceId: string): string {
  return `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`;
}

/** Returns an `X-Amzn-Trace-Id` for outgoing requests of a span. */
export function formatXRayTrace({ traceId, spanId, sampled }: TraceParent): string {
  const parent = spanId === undefined ? "" : `;Parent=${spanId}`;
  const decision = sampled === undefined ? "" : `;Sampled=${sampled ? 1 : 0}`;
  return `Root=${xrayTraceId(traceId)}${parent}${decision}`;
}
