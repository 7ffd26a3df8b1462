import type { ConnectionPool, Querier } from "@archway/db/db.ts";
import { EventStore } from "@archway/events/event_store.ts";
import type { PersonalDataCipher } from "@archway/service_kit/personal_data.ts";
import { PAYMENT_CATEGORIES } from "../events/payment_event.ts";
import { PAYMENT_UPCASTERS } from "../events/payment_event_data.ts";
import { compareTables, isEqual, type TableDifference } from "./compare_tables.ts";
import { checkFreshTables, createFreshTables, dropFreshTables, lockFreshTables } from "./fresh_tables.ts";
import { RebuildError } from "./rebuild_error.ts";
import { replayEvents } from "./replay_events.ts";
import { lockTables, swapTables } from "./swap_tables.ts";

/** Options for {@link rebuildProjections}. */
export interface RebuildOptions {
  /** Whether the rebuilt rows replace the differing live rows. */
  readonly swap: boolean;
  /** Called at the start and after every batch with the number of replayed events and the total. */
  readonly onProgress?: (events: number, total: number) => void;
  /** Called when a stage without progress begins. */
  readonly onStage?: (stage: "waiting" | "comparing" | "swapping") => void;
  /** Decrypts personal fields. @default none are encrypted */
  readonly cipher?: PersonalDataCipher | undefined;
  /** Aborts the rebuild between two batches, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Result of a rebuild. */
export interface RebuildSummary {
  readonly events: number;
  readonly tables: readonly TableDifference[];
  /** Whether live rows were replaced. */
  readonly swapped: boolean;
}

/** Number of events per batch. */
const BATCH = 2000;

/**
 * Rebuilds the projections from all events and compares them with the live tables. The service can keep running: both
 * sides are compared in one snapshot. Requires the privilege to create tables, which the owner of the live ones has.
 *
 * @throws {EventStoreError} "unknown-event" if a newer release has written an event.
 * @throws {RebuildError} if another rebuild was started.
 */
export async function rebuildProjections(
  pool: ConnectionPool,
  options: RebuildOptions,
): Promise<RebuildSummary> {
  const id = crypto.randomUUID();
  await pool.withTx((tx) => createFreshTables(tx, id));
  try {
    return await new Rebuild(id, pool, options).run();
  } finally {
    await pool.withTx((tx) => dropFreshTables(tx, id)).catch(ignoreSuperseded);
  }
}

/** Ignores that another rebuild has dropped the tables. */
function ignoreSuperseded(error: unknown): void {
  if (!(error instanceof RebuildError)) throw error;
}

class Rebuild {
  readonly #id: string;
  readonly #pool: ConnectionPool;
  readonly #options: RebuildOptions;
  readonly #store: EventStore;
  #events = 0;
  #total = 0;
  #last = 0n;

  constructor(id: string, pool: ConnectionPool, options: RebuildOptions) {
    this.#id = id;
    this.#pool = pool;
    this.#options = options;
    this.#store = new EventStore(PAYMENT_UPCASTERS, {
      categories: PAYMENT_CATEGORIES,
      cipher: options.cipher,
    });
  }

  async run(): Promise<RebuildSummary> {
    this.#total = Number(await this.#store.count(this.#pool.writer()));
    const { signal, onStage } = this.#options;
    const onWait = (): void => onStage?.("waiting");
    const until = await this.#store.settledPosition(this.#pool, { signal, onWait });
    this.#advance(0);
    while (await this.#pool.withTx((tx) => this.#settled(tx, until)));
    return await this.#pool.withTx(async (tx) => {
      // Locks come before the snapshot, so that the snapshot contains the latest committed state.
      await lockFreshTables(tx);
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
    return { after: this.#last, limit: BATCH };
  }

  /** Replays a batch of events before which no other event can be committed; false if there are none. */
  async #settled(tx: Querier, until: bigint): Promise<boolean> {
    await lockFreshTables(tx);
    await checkFreshTables(tx, this.#id);
    return await this.#step(() => this.#store.readAll(tx, { ...this.#next, until }), tx);
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
