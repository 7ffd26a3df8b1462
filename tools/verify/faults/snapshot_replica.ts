import type { ConnectionPool, QueryResult, ReaderOptions, Transaction, WalPosition } from "@archway/db/db.ts";
import { alteredPool, type Statement } from "./altered_pool.ts";

/** Number of writes that a snapshot lacks when it is replaced: as many on slow machines, which do less in a time. */
const MAX_BEHIND = 24n;

/** Number of writes by which an earlier token is behind. */
const BEHIND = 5n;

/** Defects of a {@link SnapshotReplica}. */
export interface ReplicaDefects {
  /** Reads ignore the position that they have to wait for. @default {false} */
  readonly ignoresTokens?: boolean;
  /** Positions are those of earlier writes. @default {false} */
  readonly issuesEarlierTokens?: boolean;
}

/** State of the database in an open transaction. */
interface Snapshot {
  readonly tx: Transaction;
  /** Number of writes that it certainly shows. */
  readonly position: bigint;
  isReplaced: boolean;
  /** Ends the transaction. */
  readonly close: () => void;
  readonly closed: Promise<void>;
  /** Number of reads that use it. */
  users: number;
}

/**
 * Replica that is behind: snapshots of the same database, which are replaced after some writes. Reads after a position
 * that a snapshot lacks use the primary.
 */
export class SnapshotReplica implements AsyncDisposable {
  /** Pool whose readers use the replica. */
  readonly pool: ConnectionPool;
  readonly #primary: ConnectionPool;
  readonly #defects: ReplicaDefects;
  #writes = 0n;
  #current: Promise<Snapshot> | undefined;
  readonly #open = new Set<Snapshot>();

  constructor(primary: ConnectionPool, defects: ReplicaDefects = {}) {
    this.#primary = primary;
    this.#defects = defects;
    this.pool = alteredPool(primary, {
      reader: (options = {}) => ({
        query: (text, parameters, query) => this.#read(options, { text, parameters, options: query }),
      }),
      writer: () => ({
        query: (text, parameters, options) => this.#write({ text, parameters, options }),
      }),
      withTx: async (run, options) => {
        const result = await primary.withTx(run, options);
        this.#writes++;
        return result;
      },
      position: () => Promise.resolve(this.#position()),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const open = [...this.#open];
    for (const { close } of open) close();
    await Promise.all(open.map(({ closed }) => closed));
  }

  #position(): WalPosition {
    const behind = this.#defects.issuesEarlierTokens && this.#writes > BEHIND ? BEHIND : 0n;
    return { timeline: 1, lsn: this.#writes - behind };
  }

  async #write<Row extends object>({ text, parameters, options }: Statement): Promise<QueryResult<Row>> {
    const result = await this.#primary.writer().query<Row>(text, parameters, options);
    if (/^\s*(?:insert|update)/.test(text)) this.#writes++;
    return result;
  }

  async #read<Row extends object>(
    { after }: ReaderOptions,
    { text, parameters, options }: Statement,
  ): Promise<QueryResult<Row>> {
    const snapshot = await this.#acquire();
    const isBehind = after !== undefined && !this.#defects.ignoresTokens && snapshot.position < after.lsn;
    try {
      return await (isBehind ? this.#primary.writer() : snapshot.tx).query<Row>(text, parameters, options);
    } finally {
      snapshot.users--;
      this.#retire();
    }
  }

  /** Returns the current snapshot, which then has one more user. */
  async #acquire(): Promise<Snapshot> {
    for (;;) {
      const snapshot = await this.#snapshot();
      // It may have been replaced and closed at the same time.
      if (!this.#open.has(snapshot)) continue;
      snapshot.users++;
      return snapshot;
    }
  }

  /** Returns the current snapshot, or a new one if that lacks too many writes. */
  async #snapshot(): Promise<Snapshot> {
    const before = this.#current;
    const known = await before;
    const isFresh = known !== undefined && this.#writes - known.position < MAX_BEHIND;
    // Of concurrent callers, the first one replaces it.
    if (!isFresh && this.#current === before) {
      if (known !== undefined) known.isReplaced = true;
      this.#current = this.#openSnapshot();
      this.#retire();
    }
    return await (this.#current ?? this.#openSnapshot());
  }

  /** Ends the transactions of former snapshots that are not in use. */
  #retire(): void {
    for (const { isReplaced, users, close } of this.#open) if (isReplaced && users === 0) close();
  }

  async #openSnapshot(): Promise<Snapshot> {
    const position = this.#writes;
    const [opened, ending] = [Promise.withResolvers<Transaction>(), Promise.withResolvers<void>()];
    const closed = this.#primary.withTx(async (tx) => {
      // The first statement takes the snapshot.
      await tx.query("select 1");
      opened.resolve(tx);
      await ending.promise;
    }, { isolation: "repeatable read", readOnly: true });
    closed.catch(opened.reject);
    const snapshot: Snapshot = {
      ...{ tx: await opened.promise, position, isReplaced: false, users: 0, closed },
      close: () => {
        this.#open.delete(snapshot);
        ending.resolve();
      },
    };
    this.#open.add(snapshot);
    return snapshot;
  }
}
