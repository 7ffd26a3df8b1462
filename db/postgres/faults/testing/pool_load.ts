import type { ConnectionPool, Querier, QueryOptions, Transaction } from "../../../db.ts";
import { DatabaseError } from "../../../errors.ts";
import { WriteRecorder } from "./write_recorder.ts";

/** Outcomes of all calls, and contradictions to the contents of the database. */
export interface LoadReport {
  readonly begun: number;
  readonly settled: number;
  /** Number of calls by outcome: "done", an error code, or "not a DatabaseError: …". */
  readonly endings: Readonly<Record<string, number>>;
  /** Writes with a wrong outcome and wrong responses, as messages. */
  readonly contradictions: readonly string[];
}

/** Call that returns a description of a wrong response, if any. */
type Call = (id: number) => Promise<string | void>;

/** Number of rows whose response takes several packets. */
const MANY = 2_000;

const INSERT = "INSERT INTO marks SELECT $1, unnest($2::int[])";

const SLOW_INSERT =
  `WITH slow AS (SELECT pg_sleep(0.2)) INSERT INTO marks SELECT $1, n FROM slow, generate_series(1, 2) AS n`;

/** Load of all kinds of concurrent calls on a pool. Needs an empty database. */
export class PoolLoad {
  #begun = 0;
  #settled = 0;
  #stopping = false;
  readonly #pool: ConnectionPool;
  readonly #recorder: WriteRecorder;
  readonly #endings = new Map<string, number>();
  readonly #contradictions: string[] = [];
  readonly #workers: readonly Promise<void>[];

  private constructor(pool: ConnectionPool, recorder: WriteRecorder, workersOfAKind: number) {
    this.#pool = pool;
    this.#recorder = recorder;
    const calls = [
      ...[this.#write, this.#read, this.#readMany, this.#abort],
      ...[this.#transact, this.#transactLast, this.#giveUp, this.#abortTransaction],
    ];
    this.#workers = calls.flatMap((call) => Array.from({ length: workersOfAKind }, () => this.#work(call)));
  }

  /** Starts the load. */
  static async start(pool: ConnectionPool, { workersOfAKind = 4 } = {}): Promise<PoolLoad> {
    return new PoolLoad(pool, await WriteRecorder.open(pool.writer()), workersOfAKind);
  }

  /** Waits until `count` further calls have succeeded. */
  async untilDone(count: number): Promise<void> {
    const target = this.#count("done", 0) + count;
    while (this.#count("done", 0) < target) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  /** Stops new calls and returns the report after all calls have settled. */
  async stop(): Promise<LoadReport> {
    this.#stopping = true;
    await Promise.all(this.#workers);
    return {
      begun: this.#begun,
      settled: this.#settled,
      endings: Object.fromEntries([...this.#endings].sort()),
      contradictions: [...this.#contradictions, ...await this.#compare()],
    };
  }

  /** Compares the outcomes with the contents, once the server or its pooler can be reached. */
  async #compare(): Promise<readonly string[]> {
    for (let attempts = 1;; attempts++) {
      try {
        return await this.#recorder.contradictions(this.#pool.writer());
      } catch (error) {
        if (!(error instanceof DatabaseError && error.code === "unavailable") || attempts === 100) {
          throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }

  async #work(call: Call): Promise<void> {
    while (!this.#stopping) {
      const id = this.#begun++;
      try {
        const contradiction = await call(id);
        if (contradiction) this.#contradictions.push(contradiction);
        this.#count("done", 1);
      } catch (error) {
        this.#count(error instanceof DatabaseError ? error.code : `not a DatabaseError: ${error}`, 1);
      }
      this.#settled++;
      // A pool that rejects immediately would otherwise be called in a loop that starves everything else.
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  readonly #write: Call = (id) => this.#recorder.statement(id, () => insert(this.#pool.writer(), id, [1, 2]));

  readonly #read: Call = async (id) => {
    const { rows } = await this.#pool.reader().query<{ n: number }>("SELECT $1::int AS n", [id]);
    const right = rows.length === 1 && rows[0]?.n === id;
    return right ? undefined : `${id} got ${JSON.stringify(rows)}`;
  };

  readonly #readMany: Call = async (id) => {
    const text = "SELECT n + $1::int AS n, repeat('x', 100) AS x FROM generate_series(1, $2::int) AS n";
    const { rows } = await this.#pool.reader().query<{ n: number }>(text, [id, MANY]);
    const right = rows.length === MANY && rows.every(({ n }, index) => n === id + index + 1);
    return right ? undefined : `${id} got ${rows.length} rows with wrong contents`;
  };

  readonly #transact: Call = (id) =>
    this.#recorder.transaction(id, () => this.#pool.withTx((tx) => inTwoParts(tx, id)));

  /** Transaction whose COMMIT is sent with its last statement. */
  readonly #transactLast: Call = (id) =>
    this.#recorder.transaction(id, () => this.#pool.withTx((tx) => inTwoParts(tx, id, { last: true })));

  /** The same, aborted at any time. */
  readonly #abortTransaction: Call = async (id) => {
    const controller = new AbortController();
    const { signal } = controller;
    setTimeout(() => controller.abort(), id % 7);
    const run = (tx: Transaction): Promise<void> => inTwoParts(tx, id, { last: true });
    try {
      await this.#recorder.transaction(id, () => this.#pool.withTx(run, { signal }));
    } catch (error) {
      if (!(error instanceof DatabaseError && error.code === "cancelled")) throw error;
    }
  };

  /** Transaction whose function throws after its writes. */
  readonly #giveUp: Call = (id) => {
    const error = new DatabaseError("conflict", "Given up");
    return this.#recorder.refused(id, error, () =>
      this.#pool.withTx(async (tx) => {
        await inTwoParts(tx, id);
        throw error;
      }));
  };

  /** Statement that is aborted while it waits. */
  readonly #abort: Call = async (id) => {
    const controller = new AbortController();
    const { signal } = controller;
    setTimeout(() => controller.abort(), id % 50);
    try {
      await this.#recorder.statement(id, () => this.#pool.writer().query(SLOW_INSERT, [id], { signal }));
    } catch (error) {
      if (!(error instanceof DatabaseError && error.code === "cancelled")) throw error;
    }
  };

  #count(ending: string, more: number): number {
    const count = (this.#endings.get(ending) ?? 0) + more;
    this.#endings.set(ending, count);
    return count;
  }
}

async function inTwoParts(tx: Transaction, id: number, options?: QueryOptions): Promise<void> {
  await insert(tx, id, [1]);
  await tx.query(INSERT, [id, [2]], options);
}

async function insert(querier: Querier, id: number, parts: readonly number[]): Promise<void> {
  await querier.query(INSERT, [id, parts]);
}
