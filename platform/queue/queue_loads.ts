import type { ConnectionManager, Querier } from "@archway/db/db.ts";
import type { StepOutcome } from "./work_loop.ts";

/** Load of a queue. */
export interface QueueLoad {
  /** Number of entries. */
  readonly waiting: number;
  /** Time at which the oldest entry was enqueued; undefined if the queue is empty. */
  readonly oldest: string | undefined;
}

/** Load of one queue when it was last read. */
export interface QueueReading {
  readonly queue: string;
  readonly waiting: number;
  /** Age of the oldest entry, in seconds. */
  readonly ageSeconds: number;
}

/** Reads the load of one queue. */
export type ReadLoad = (db: Querier) => Promise<QueueLoad>;

/** Loads of all queues, refreshed by a periodic step. */
export class QueueLoads {
  readonly #database: ConnectionManager;
  readonly #queues: ReadonlyMap<string, ReadLoad>;
  readonly #nowMs: () => number;
  #loads: readonly (readonly [queue: string, load: QueueLoad])[] = [];

  /** @param queues Functions that read the load of a queue, by its name. */
  constructor(
    database: ConnectionManager,
    queues: ReadonlyMap<string, ReadLoad>,
    { nowMs }: { readonly nowMs: () => number },
  ) {
    this.#database = database;
    this.#queues = queues;
    this.#nowMs = nowMs;
  }

  /** Reads the load of every queue. */
  async step(): Promise<StepOutcome> {
    const loads: (readonly [string, QueueLoad])[] = [];
    // Sequentially, as nothing waits for the result. From the primary, as a replica may not have the tables yet.
    for (const [queue, read] of this.#queues) loads.push([queue, await read(this.#database.writer())]);
    this.#loads = loads;
    return "idle";
  }

  /** Returns the loads read last; empty before the first step. */
  readings(): readonly QueueReading[] {
    return this.#loads.map(([queue, { waiting, oldest }]) => ({
      queue,
      waiting,
      ageSeconds: oldest === undefined ? 0 : Math.max(0, (this.#nowMs() - Date.parse(oldest)) / 1000),
    }));
  }
}
