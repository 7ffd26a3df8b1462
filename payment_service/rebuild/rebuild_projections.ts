import type { ConnectionPool, Querier } from "@archway/db/db.ts";
import { EventStore } from "@archway/events/event_store.ts";
import { PAYMENT_CATEGORIES } from "../events/payment_event.ts";
import { PAYMENT_UPCASTERS } from "../events/payment_event_data.ts";
import { compareTables, isEqual, type TableDifference } from "./compare_tables.ts";
import { checkFreshTables, dropFreshTables, holdFreshTables, makeFreshTables } from "./fresh_tables.ts";
import { RebuildError } from "./rebuild_error.ts";
import { replayEvents } from "./replay_events.ts";
import { lockTables, swapTables } from "./swap_tables.ts";

/** How a rebuild is made, followed and ended. */
export interface RebuildOptions {
  /** Whether what was rebuilt takes the place of what is live, where they differ. */
  readonly swap: boolean;
  /** Told at the start and after every step: how many events are through, of how many. */
  readonly onProgress?: (events: number, total: number) => void;
  /** Told when all events are through, and what comes next takes its time and is not counted. */
  readonly onStage?: (stage: "comparing" | "swapping") => void;
  /** Ends it between two steps, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What a rebuild has come to. */
export interface RebuildSummary {
  readonly events: number;
  readonly tables: readonly TableDifference[];
  /** Whether something was put in the place of what was live. */
  readonly swapped: boolean;
}

/** How many events are followed in one step. */
const STEP = 2000;

/**
 * Makes anew, from all events, what follows from them, and compares it with what is live. The service may run meanwhile:
 * both sides are compared as one transaction sees them. Needs the right to make tables: who owns the live ones has it.
 *
 * @throws {EventStoreError} "unknown-event" when a newer program has written an event.
 * @throws {RebuildError} Another one began meanwhile.
 */
export async function rebuildProjections(
  pool: ConnectionPool,
  options: RebuildOptions,
): Promise<RebuildSummary> {
  const id = crypto.randomUUID();
  await pool.withTx((tx) => makeFreshTables(tx, id));
  try {
    return await new Rebuild(id, pool, options).run();
  } finally {
    await pool.withTx((tx) => dropFreshTables(tx, id)).catch(ignoreTakenOver);
  }
}

/** Whoever has taken over drops the tables. */
function ignoreTakenOver(error: unknown): void {
  if (!(error instanceof RebuildError)) throw error;
}

class Rebuild {
  readonly #id: string;
  readonly #pool: ConnectionPool;
  readonly #options: RebuildOptions;
  readonly #store = new EventStore(PAYMENT_UPCASTERS, { categories: PAYMENT_CATEGORIES });
  #events = 0;
  #total = 0;
  #last = 0n;

  constructor(id: string, pool: ConnectionPool, options: RebuildOptions) {
    this.#id = id;
    this.#pool = pool;
    this.#options = options;
  }

  async run(): Promise<RebuildSummary> {
    this.#total = Number(await this.#store.count(this.#pool.writer()));
    this.#advance(0);
    while (await this.#pool.withTx((tx) => this.#settled(tx)));
    return await this.#pool.withTx(async (tx) => {
      // Before the transaction sees anything: what it sees is then what nobody changes any more.
      await holdFreshTables(tx);
      if (this.#options.swap) await lockTables(tx);
      await checkFreshTables(tx, this.#id);
      while (await this.#step(() => this.#store.readVisible(tx, this.#next), tx));
      this.#options.onStage?.("comparing");
      const tables = await compareTables(tx);
      const swapped = this.#options.swap && !tables.every(isEqual);
      if (swapped) {
        this.#options.onStage?.("swapping");
        await swapTables(tx);
      }
      return { events: this.#events, tables, swapped };
    }, { isolation: "repeatable read" });
  }

  get #next(): { readonly after: bigint; readonly limit: number } {
    return { after: this.#last, limit: STEP };
  }

  /** Follows some of the events that none can come before any more; false: there are none. */
  async #settled(tx: Querier): Promise<boolean> {
    await holdFreshTables(tx);
    await checkFreshTables(tx, this.#id);
    return await this.#step(() => this.#store.readAll(tx, this.#next), tx);
  }

  async #step(
    read: () => ReturnType<EventStore["readAll"]>,
    tx: Querier,
  ): Promise<boolean> {
    this.#options.signal?.throwIfAborted();
    const events = await read();
    const last = events.at(-1);
    if (last === undefined) return false;
    await replayEvents(tx, events);
    this.#last = last.position;
    this.#advance(events.length);
    return true;
  }

  #advance(events: number): void {
    this.#events += events;
    this.#total = Math.max(this.#total, this.#events);
    this.#options.onProgress?.(this.#events, this.#total);
  }
}
