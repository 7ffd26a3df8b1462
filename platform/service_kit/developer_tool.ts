import type { ConnectionPool, MigrationSource } from "@archway/db/db.ts";
import type { RequestObserver } from "@archway/server/request_observer.ts";
import type { InspectedService } from "./developer_view.ts";
import type { MetricSink } from "./metric_sink.ts";

/** Span of a trace that has ended. */
export interface EndedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Span above it; undefined for the first one of a trace. */
  readonly parentSpanContext?: { readonly spanId: string };
  readonly name: string;
  /** Times since the start of the process, in milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Spans of requests that caused it. */
  readonly links: readonly { readonly context: { readonly traceId: string; readonly spanId: string } }[];
}

/** Frame of a stack. */
export interface LoggedFrame {
  /** Function as V8 names it, such as "async ProfileService.get"; undefined at the top level of a file. */
  readonly call: string | undefined;
  readonly url: string;
  /** Shortened file, such as "server/problem.ts" or "npm:postgres/3.4.9/src/connection.js". */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Whether it is a file of the project, as opposed to a package or the runtime. */
  readonly isOwn: boolean;
}

/** Error in a line of the log, with its causes. */
export interface LoggedError {
  readonly name: string;
  /** Code, if it has one, such as "ECONNREFUSED". */
  readonly code?: string;
  readonly message: string;
  /** Fields that the error provides for the log, in its property `logFields`. */
  readonly fields: Readonly<Record<string, string | number | boolean>>;
  /** Stack frames, innermost first; empty if unknown. */
  readonly frames: readonly LoggedFrame[];
  readonly cause?: LoggedError;
  /** Errors of an AggregateError; both errors of a SuppressedError. */
  readonly errors?: readonly LoggedError[];
}

/** Line of the log. */
export interface LoggedLine {
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  readonly level: string;
  readonly text: string;
  /** Values as JSON can represent them. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly error?: LoggedError;
  /** Trace in which it was written. */
  readonly traceId: string | undefined;
}

/** Receives what a program records of its requests. Its functions must not throw. */
export interface TraceRecorder {
  /** Whether the request that begins is recorded. Read when its trace begins, in the turn of its observers. */
  readonly isRecording: boolean;
  span(span: EndedSpan): void;
  line(line: LoggedLine): void;
}

/** Receives what a program measures, beside its traces. */
export interface ProgramRecorder extends TraceRecorder {
  readonly metrics: MetricSink;
}

/** Parts of a running program that a tool shows. */
export interface InspectedProgram {
  readonly pool: ConnectionPool;
  readonly services: readonly InspectedService[];
  readonly migrations: readonly MigrationSource[];
  /** Whether the API reference is served at /docs, beside the tool. */
  readonly hasReference: boolean;
  /** Creates a development token of a subject; absent if the program accepts none. */
  tokenOf?(subject: string): Promise<string>;
  /** Serves a request as if it came from this machine. */
  send(request: Request): Promise<Response>;
}

/** Serves requests for the tool itself; returns undefined for those of others. */
export type ToolEndpoint = (
  request: Request,
  peerAddress: string | undefined,
) => Promise<Response> | undefined;

/** Tool for developers that watches a program. Disposing writes what it stores. */
export interface DeveloperTool extends AsyncDisposable, ProgramRecorder {
  /** Path of its page, such as "/_dev". */
  readonly path: string;
  /** Observes the requests of the program. */
  readonly requests: RequestObserver;
  /** Changes requests or responses on demand, inside of what logs and measures them. */
  readonly faults: RequestObserver;
  /** Serves the requests for its path; undefined for other paths. */
  readonly endpoint: ToolEndpoint;
  /** Begins to show a program. Streams of the tool end when it stops. */
  inspect(program: InspectedProgram, stopping: AbortSignal): void;
}

/** Options of opening a tool. */
export interface OpenToolOptions {
  readonly name: string;
  /** Folder of the project, in which source files are. */
  readonly root: string;
  /** Folder for what it stores over restarts; undefined for none. */
  readonly directory: string | undefined;
}

/** A tool with its configuration. Its code is loaded when it is opened. */
export interface ConfiguredTool {
  /** Setting that switches it on, as messages name it. */
  readonly setting: string;
  /** Undefined for development only. */
  readonly enabled: boolean | undefined;
  open(options: OpenToolOptions): Promise<DeveloperTool>;
}
