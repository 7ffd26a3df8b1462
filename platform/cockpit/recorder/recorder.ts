import type { EndedSpan, LoggedLine, TraceRecorder } from "@archway/service_kit/developer_tool.ts";
import { HistoryFile } from "./history_file.ts";
import {
  detailOf,
  type RecordedRequest,
  type RecordedTrace,
  type RequestDetail,
  type RequestSummary,
  summaryOf,
} from "./recorded_request.ts";
import { Ring } from "./ring.ts";

/** Limits of what is kept in memory, and of traces, since work has some without a request. */
const MAX_REQUESTS = 10_000;
const MAX_CHARACTERS = 50_000_000;
const MAX_TRACES = 12_000;
const MAX_SPANS = 500;
const MAX_LINES = 200;
const MAX_CAUSED = 20;

/**
 * Maximum number of requests that are recorded in a second. More of them would push each other out before they could be
 * read, and would slow down what a load test measures.
 */
const MAX_PER_SECOND = 1_000;

/** Size that is assumed of a request besides its bodies. */
const REQUEST_CHARACTERS = 2_000;

/** Interval of writing to the file, and the number of requests that are written at once; others are left out. */
const WRITE_MS = 1_000;
const MAX_WRITTEN = 500;

/** Options of a {@link Recorder}. */
export interface RecorderOptions {
  /** Folder of the file that keeps requests over restarts; undefined for none. */
  readonly directory: string | undefined;
  /** Returns a time in milliseconds. @default that of the process */
  readonly now?: () => number;
}

/** Called with each request that ends. Must not throw. */
export type RequestListener = (request: RecordedRequest) => void;

/** Keeps the last requests with their traces and lines, within limits. */
export class Recorder implements TraceRecorder, AsyncDisposable {
  readonly #requests = new Ring<RecordedRequest>(MAX_REQUESTS);
  readonly #lines = new Ring<LoggedLine>(MAX_LINES);
  readonly #traces = new Map<string, RecordedTrace>();
  readonly #traceIds = new Ring<string>(MAX_TRACES, (id) => this.#traces.delete(id));
  readonly #listeners = new Set<RequestListener>();
  readonly #history: HistoryFile | undefined;
  readonly #now: () => number;
  readonly #timer: ReturnType<typeof setInterval> | undefined;
  /** Ends before the ids of this run begin, and continues over restarts. */
  #nextId = Date.now() * 1000;
  #characters = 0;
  #secondBegan = -Infinity;
  #begun = 0;
  #leftOut = 0;
  #unwritten: RecordedRequest[] = [];
  /** Traces of requests that have caused work since they were written. */
  #grown = new Set<RecordedTrace>();
  #writing: Promise<void> = Promise.resolve();
  #earlier: Promise<ReadonlyMap<number, RequestDetail>> | undefined;

  constructor({ directory, now = () => performance.now() }: RecorderOptions) {
    this.#now = now;
    if (directory === undefined) return;
    this.#history = new HistoryFile(directory);
    const timer = setInterval(() => this.#write(), WRITE_MS);
    Deno.unrefTimer(timer);
    this.#timer = timer;
  }

  /** Decides whether a request is recorded that begins now. */
  begin(): boolean {
    const now = this.#now();
    if (now - this.#secondBegan >= 1_000) {
      this.#secondBegan = now;
      this.#begun = 0;
    }
    return ++this.#begun <= MAX_PER_SECOND;
  }

  /** Whether the request that has begun last is recorded. */
  get isRecording(): boolean {
    return this.#begun <= MAX_PER_SECOND;
  }

  /** Counts a request that is not recorded. */
  leaveOut(): void {
    this.#leftOut++;
  }

  /** Number of requests that were not recorded. */
  get leftOut(): number {
    return this.#leftOut;
  }

  span(span: EndedSpan): void {
    const trace = this.#traceOf(span.traceId);
    if (trace.spans.length < MAX_SPANS) trace.spans.push(span);
    for (const { context } of span.links) {
      const cause = this.#traces.get(context.traceId);
      if (cause === undefined || cause.caused.includes(trace) || cause.caused.length >= MAX_CAUSED) continue;
      cause.caused.push(trace);
      if (this.#history !== undefined) this.#grown.add(cause);
    }
  }

  line(line: LoggedLine): void {
    this.#lines.push(line);
    if (line.traceId === undefined) return;
    const { lines } = this.#traceOf(line.traceId);
    if (lines.length < MAX_LINES) lines.push(line);
  }

  /** Adds a request that has ended. */
  request(ended: Omit<RecordedRequest, "id" | "trace">): void {
    const { traceId } = ended;
    const trace = traceId === undefined ? undefined : this.#traceOf(traceId);
    const request = { ...ended, id: this.#nextId++, trace };
    this.#characters += sizeOf(request);
    const left = this.#requests.push(request);
    if (left !== undefined) this.#characters -= sizeOf(left);
    while (this.#characters > MAX_CHARACTERS) {
      const oldest = this.#requests.shift();
      if (oldest === undefined) break;
      this.#characters -= sizeOf(oldest);
    }
    if (this.#history !== undefined && this.#unwritten.length < MAX_WRITTEN) this.#unwritten.push(request);
    for (const listener of this.#listeners) listener(request);
  }

  /** Calls a listener with each request until the returned object is disposed. */
  listen(listener: RequestListener): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: (): void => void this.#listeners.delete(listener) };
  }

  /** Returns the requests of this run, newest first. */
  recent(): Iterable<RecordedRequest> {
    return this.#requests.newestFirst();
  }

  /** Returns the last lines of the log, newest first. */
  lines(): Iterable<LoggedLine> {
    return this.#lines.newestFirst();
  }

  /** Returns a request of this run. */
  find(id: number): RecordedRequest | undefined {
    for (const request of this.#requests.newestFirst()) if (request.id === id) return request;
    return undefined;
  }

  /** Returns rows of requests, newest first, those of earlier runs behind those of this one. */
  async *summaries(): AsyncGenerator<RequestSummary> {
    for (const request of [...this.#requests.newestFirst()]) yield summaryOf(request);
    const earlier = [...(await this.#readEarlier()).values()];
    const space = MAX_REQUESTS - this.#requests.size;
    yield* earlier.toReversed().slice(0, Math.max(0, space));
  }

  /** Returns everything about a request of this run or an earlier one. */
  async detail(id: number): Promise<RequestDetail | undefined> {
    const request = this.find(id);
    return request === undefined ? (await this.#readEarlier()).get(id) : detailOf(request);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#write();
    await this.#writing;
  }

  #traceOf(traceId: string): RecordedTrace {
    let trace = this.#traces.get(traceId);
    if (trace === undefined) {
      this.#traces.set(traceId, trace = { spans: [], lines: [], caused: [] });
      this.#traceIds.push(traceId);
    }
    return trace;
  }

  #readEarlier(): Promise<ReadonlyMap<number, RequestDetail>> {
    return this.#earlier ??= this.#history?.earlier() ?? Promise.resolve(new Map());
  }

  #write(): void {
    const history = this.#history;
    if (history === undefined || this.#unwritten.length + this.#grown.size === 0) return;
    const requests = new Set(this.#unwritten);
    // Written once more, and read in place of the earlier line.
    if (this.#grown.size > 0) {
      for (const request of this.#requests.newestFirst()) {
        if (requests.size >= MAX_WRITTEN) break;
        if (request.trace !== undefined && this.#grown.has(request.trace)) requests.add(request);
      }
    }
    this.#unwritten = [];
    this.#grown = new Set();
    this.#writing = this.#writing.then(() => history.append([...requests].map(detailOf)));
  }
}

function sizeOf({ requestBody, responseBody, trace }: RecordedRequest): number {
  const length = (requestBody?.length ?? 0) + (responseBody?.length ?? 0);
  return REQUEST_CHARACTERS + length + (trace?.spans.length ?? 0) * 500;
}
