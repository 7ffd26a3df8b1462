import { isObject, type JsonObject } from "@archway/service_kit/json_value.ts";

/**
 * Result of an operation as its client knows it: "ok" took effect, "fail" did not, "unknown" may have taken effect, or may
 * still.
 */
export type Outcome = "ok" | "fail" | "unknown";

/** Line of a history file: the start of the run, a fault, or the beginning or the end of an operation. */
export interface HistoryEvent {
  readonly type: "run" | "fault" | "invoke" | Outcome;
  /** Milliseconds since the start of the run, by the monotonic clock of the recorder. */
  readonly time: number;
  /** Settings of the run, description of the fault, input or output. */
  readonly value: JsonObject;
  /** Number of the operation, from 0 in the order of their beginnings. */
  readonly operation?: number;
  /** Number of the client, which has one operation at a time. */
  readonly process?: number;
  readonly action?: string;
  readonly key?: string;
}

/** Operation that a client wants to perform. */
export interface Intent {
  /** Such as "read" or "replace". */
  readonly action: string;
  /** Object of the action, such as the path of an item. */
  readonly key: string;
  readonly input: JsonObject;
}

/** Result of an intent. */
export interface Completion {
  readonly outcome: Outcome;
  readonly output: JsonObject;
}

/** Operation with its beginning and its end. */
export interface Operation extends Intent, Completion {
  readonly index: number;
  readonly process: number;
  /** Position of its beginning among the events of the history. */
  readonly invoked: number;
  /** Position of its end; infinite without one, or with an unknown outcome. */
  readonly returned: number;
  readonly startMs: number;
  /** Infinite if it has not ended. */
  readonly endMs: number;
}

/** Options of a history. */
export interface HistoryOptions {
  /** Current time in milliseconds. @default {performance.now()} */
  readonly now?: () => number;
  /** Called with every event. @default none */
  readonly onEvent?: (event: HistoryEvent) => void;
}

/** Events of concurrent clients in the order in which one recorder saw them. */
export class History {
  readonly events: HistoryEvent[] = [];
  readonly #now: () => number;
  readonly #onEvent: ((event: HistoryEvent) => void) | undefined;
  readonly #startMs: number;
  #operations = 0;

  constructor({ now = () => performance.now(), onEvent }: HistoryOptions = {}) {
    this.#now = now;
    this.#onEvent = onEvent;
    this.#startMs = now();
  }

  /** Records the start of the run, or a fault. */
  note(type: "run" | "fault", value: JsonObject): void {
    this.#add({ type, time: this.#time(), value });
  }

  /** Records an operation around its requests, and returns its number with what `run` returns. */
  async record<Result extends Completion>(
    process: number,
    { action, key, input }: Intent,
    run: () => Promise<Result>,
  ): Promise<Result & { readonly operation: number }> {
    const operation = this.#operations++;
    const common = { operation, process, action, key };
    this.#add({ type: "invoke", time: this.#time(), ...common, value: input });
    const result = await run();
    this.#add({ type: result.outcome, time: this.#time(), ...common, value: result.output });
    return { ...result, operation };
  }

  #time(): number {
    return Math.round((this.#now() - this.#startMs) * 1000) / 1000;
  }

  #add(event: HistoryEvent): void {
    this.events.push(event);
    this.#onEvent?.(event);
  }
}

/** Returns the operations of events, in the order of their beginnings. */
export function operationsOf(events: readonly HistoryEvent[]): readonly Operation[] {
  const operations = new Map<number, Operation>();
  for (
    const [position, { type, time, operation = -1, process = 0, action = "", key = "", value }] of events
      .entries()
  ) {
    if (type === "run" || type === "fault") continue;
    const begun = operations.get(operation);
    if (type === "invoke") {
      operations.set(operation, {
        ...{ index: operation, process, action, key, input: value, output: {}, outcome: "unknown" },
        ...{ invoked: position, returned: Infinity, startMs: time, endMs: Infinity },
      });
    } else if (begun !== undefined) {
      const returned = type === "unknown" ? Infinity : position;
      operations.set(operation, { ...begun, outcome: type, output: value, returned, endMs: time });
    }
  }
  return [...operations.values()];
}

/** Returns the settings of a run. */
export function settingsOf(events: readonly HistoryEvent[]): JsonObject {
  return events.find(({ type }) => type === "run")?.value ?? {};
}

/** Parses a line of a history file. @throws {TypeError} for one that is no event. */
export function parseEvent(line: string): HistoryEvent {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch (cause) {
    throw new TypeError("is not JSON", { cause });
  }
  if (isEvent(event)) return event;
  throw new TypeError("is no event: a run, a fault, or the beginning or the end of an operation");
}

function isEvent(event: unknown): event is HistoryEvent {
  const { type, time, value, operation, process, action, key }: Partial<Record<string, unknown>> = Object(
    event,
  );
  if (typeof time !== "number" || !isObject(value)) return false;
  if (type === "run" || type === "fault") return true;
  return typeof type === "string" && ["invoke", "ok", "fail", "unknown"].includes(type) &&
    Number.isSafeInteger(operation) && Number.isSafeInteger(process) &&
    typeof action === "string" && typeof key === "string";
}

/** Returns why checks of events mean nothing; undefined if they mean something. */
export function whyUnchecked(events: readonly HistoryEvent[]): string | undefined {
  if (!events.some(({ type }) => type === "run")) return "it has no event of the run with its settings";
  return events.some(({ type }) => type === "ok") ? undefined : "no operation in it has succeeded";
}
