import type { ConnectionPool, QueryResult, ReaderOptions, Transaction, WalPosition } from "@archway/db/db.ts";
import { alteredPool, type Statement } from "./altered_pool.ts";

/** Age from which on a snapshot is replaced, in milliseconds. */
const MAX_AGE_MS = 60;

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
  readonly openedMs: number;
  /** Ends the transaction. */
  readonly close: () => void;
  readonly closed: Promise<void>;
  /** Number of its statements in flight. */
  users: number;
}

/**
 * Replica that is behind: snapshots of the same database, which are replaced from time to time. Reads after a position
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
    const snapshot = await this.#snapshot();
    const isBehind = after !== undefined && !this.#defects.ignoresTokens && snapshot.position < after.lsn;
    if (isBehind) return await this.#primary.writer().query(text, parameters, options);
    snapshot.users++;
    try {
      return await snapshot.tx.query(text, parameters, options);
    } finally {
      snapshot.users--;
      await this.#retire();
    }
  }

  /** Returns the current snapshot, or a new one if that is too old. */
  async #snapshot(): Promise<Snapshot> {
    const before = this.#current;
    const known = await before;
    const isFresh = known !== undefined && performance.now() - known.openedMs < MAX_AGE_MS;
    // Of concurrent callers, the first one replaces it.
    if (!isFresh && this.#current === before) this.#current = this.#openSnapshot();
    return await (this.#current ?? this.#openSnapshot());
  }

  /** Ends the transactions of former snapshots that are not in use. */
  async #retire(): Promise<void> {
    const current = await this.#current;
    for (const snapshot of this.#open) {
      const isOver = snapshot !== current && snapshot.users === 0 &&
        performance.now() - snapshot.openedMs > 2 * MAX_AGE_MS;
      if (isOver) snapshot.close();
    }
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
      ...{ tx: await opened.promise, position, openedMs: performance.now(), users: 0, closed },
      close: () => {
        this.#open.delete(snapshot);
        ending.resolve();
      },
    };
    this.#open.add(snapshot);
    return snapshot;
  }
}
