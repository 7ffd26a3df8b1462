import type { ConnectionManager, Querier } from "@archway/db/db.ts";
import type { StepOutcome } from "../worker/work_loop.ts";
import type { QueueLoad } from "./stream_queue.ts";

/** How much waits in one queue, as it was asked last. */
export interface QueueReading {
  readonly queue: string;
  readonly waiting: number;
  /** How long the first of them has waited, in seconds. */
  readonly ageSeconds: number;
}

/** Asks one queue. */
export type ReadLoad = (db: Querier) => Promise<QueueLoad>;

/** Knows how much waits in every queue, because it asks now and then. */
export class QueueLoads {
  readonly #database: ConnectionManager;
  readonly #queues: ReadonlyMap<string, ReadLoad>;
  readonly #nowMs: () => number;
  #loads: readonly (readonly [queue: string, load: QueueLoad])[] = [];

  /** @param queues By name. */
  constructor(
    database: ConnectionManager,
    queues: ReadonlyMap<string, ReadLoad>,
    { nowMs }: { readonly nowMs: () => number },
  ) {
    this.#database = database;
    this.#queues = queues;
    this.#nowMs = nowMs;
  }

  /** Asks every queue. */
  async step(): Promise<StepOutcome> {
    const loads: (readonly [string, QueueLoad])[] = [];
    // One after the other, for nobody waits for them; of the primary, for a replica may not even have the tables yet.
    for (const [queue, read] of this.#queues) loads.push([queue, await read(this.#database.writer())]);
    this.#loads = loads;
    return "idle";
  }

  /** What was found last; nothing before the first time. */
  readings(): readonly QueueReading[] {
    return this.#loads.map(([queue, { waiting, oldest }]) => ({
      queue,
      waiting,
      ageSeconds: oldest === undefined ? 0 : Math.max(0, (this.#nowMs() - Date.parse(oldest)) / 1000),
    }));
  }
}
