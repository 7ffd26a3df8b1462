import type { EndedSpan, LoggedLine } from "@archway/service_kit/developer_tool.ts";

/** Spans and lines of a trace, and traces of work that it caused. */
export interface RecordedTrace {
  readonly spans: EndedSpan[];
  readonly lines: LoggedLine[];
  readonly caused: RecordedTrace[];
}

/** Recorded part of a body: nothing of an unread one, which may have been read as a stream. */
export type RequestBodyState = "whole" | "cut" | "unread";

/** Request with its response, as references to what the server has made anyway. */
export interface RecordedRequest {
  readonly id: number;
  readonly requestId: string;
  readonly traceId: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** Template of the path; empty if it matches none. */
  readonly route: string;
  readonly status: number;
  readonly problem: string | undefined;
  readonly subject: string | undefined;
  /** Times since the start of the process, in milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
  readonly requestHeaders: Headers;
  /** Cut after {@link MAX_BODY} bytes. */
  readonly requestBody: Uint8Array | undefined;
  readonly requestBodyState: RequestBodyState;
  readonly responseHeaders: Headers;
  /** Undefined for streams and for bodies beyond {@link MAX_BODY}. */
  readonly responseBody: string | Uint8Array | undefined;
  readonly trace: RecordedTrace | undefined;
  /** Fault that the cockpit injected. */
  readonly fault: string | undefined;
}

/** Maximum size of a recorded body, in bytes or characters. */
export const MAX_BODY = 65_536;

/** Row of the list of requests. */
export interface RequestSummary {
  readonly id: number;
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly route: string;
  readonly status: number;
  readonly problem?: string;
  readonly subject?: string;
  /** Fault that the cockpit injected. */
  readonly fault?: string;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  readonly ms: number;
}

/** Span as the page shows it. */
export interface SpanDetail {
  readonly id: string;
  readonly parent: string | undefined;
  readonly name: string;
  /** Milliseconds since the start of the request. */
  readonly at: number;
  readonly ms: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Whether it is work that the request caused, which has a trace of its own. */
  readonly isCaused: boolean;
  /** Trace of caused work. */
  readonly trace?: string;
}

/** Request with everything that is known about it, as JSON. */
export interface RequestDetail extends RequestSummary {
  readonly traceId?: string;
  readonly requestHeaders: readonly (readonly [string, string])[];
  readonly requestBody?: string;
  /** Absent in files of earlier versions. */
  readonly requestBodyState?: RequestBodyState;
  readonly responseHeaders: readonly (readonly [string, string])[];
  readonly responseBody?: string;
  readonly spans: readonly SpanDetail[];
  readonly lines: readonly LoggedLine[];
}

/** Names of headers whose values are never shown or stored. */
const SECRET_HEADER = /^(?:authorization|proxy-authorization|cookie|set-cookie)$|key|token|secret|password/i;

/** Text in place of the value of a secret header. */
export const NOT_SHOWN = "[not shown]";

/** Headers that would be secret by their name. */
const PUBLIC_HEADER = new Set(["idempotency-key", "consistency-token"]);

/** Returns the row of a request. */
export function summaryOf(request: RecordedRequest): RequestSummary {
  const { id, requestId, method, path, query, route, status, problem, subject, fault, startMs, endMs } =
    request;
  return {
    ...{ id, requestId, method, path, query, route, status },
    ...(problem !== undefined && { problem }),
    ...(subject !== undefined && { subject }),
    ...(fault !== undefined && { fault }),
    time: Math.round(performance.timeOrigin + startMs),
    ms: rounded(endMs - startMs),
  };
}

/** Returns everything about a request, without secrets of its headers. */
export function detailOf(request: RecordedRequest): RequestDetail {
  const { requestBody, responseBody, trace, traceId, requestId } = request;
  return {
    ...summaryOf(request),
    ...(traceId !== undefined && { traceId }),
    requestHeaders: shownHeaders(request.requestHeaders),
    ...(requestBody !== undefined && { requestBody: textOf(requestBody) }),
    requestBodyState: request.requestBodyState,
    responseHeaders: shownHeaders(request.responseHeaders),
    ...(responseBody !== undefined && { responseBody: textOf(responseBody) }),
    spans: trace === undefined ? [] : spansOf(trace, request),
    lines: (trace?.lines ?? []).filter(({ attributes: { requestId: other } }) =>
      other === undefined || other === requestId
    ),
  };
}

/** Returns headers, without the values of secret ones. */
export function shownHeaders(headers: Headers): readonly (readonly [string, string])[] {
  return [...headers].map(([name, value]) =>
    SECRET_HEADER.test(name) && !PUBLIC_HEADER.has(name) ? [name, NOT_SHOWN] : [name, value]
  );
}

function textOf(body: string | Uint8Array): string {
  return typeof body === "string" ? body : new TextDecoder().decode(body);
}

/** Returns the spans of a request, of others in its trace that it did not cause none, and those of caused work. */
function spansOf(trace: RecordedTrace, { startMs, endMs }: RecordedRequest): readonly SpanDetail[] {
  const detail = (span: EndedSpan, isCaused: boolean): SpanDetail => ({
    id: span.spanId,
    parent: span.parentSpanContext?.spanId,
    name: span.name,
    at: rounded(span.startMs - startMs),
    ms: rounded(span.endMs - span.startMs),
    attributes: span.attributes,
    isCaused,
    ...(isCaused && { trace: span.traceId }),
  });
  // A caller may send several requests in one trace.
  const own = trace.spans.filter((span) => span.startMs >= startMs - 1 && span.startMs <= endMs);
  return [
    ...own.map((span) => detail(span, false)),
    ...trace.caused.flatMap(({ spans }) => spans.map((span) => detail(span, true))),
  ].toSorted((a, b) => a.at - b.at || b.ms - a.ms);
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
