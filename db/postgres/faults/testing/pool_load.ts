import type { ConnectionPool, Querier, Transaction } from "../../../db.ts";
import { DatabaseError } from "../../../errors.ts";
import { WriteRecorder } from "./write_recorder.ts";

/** What callers were told, and where the database says otherwise. */
export interface LoadReport {
  readonly begun: number;
  readonly settled: number;
  /** How many calls ended how: "done", or the code of their error ("not a DatabaseError: …" for what is none). */
  readonly endings: Readonly<Record<string, number>>;
  /** Writes of which callers were not told the truth, and wrong answers: in words. */
  readonly contradictions: readonly string[];
}

/** A call: gives what has to be said against its answer, if anything. */
type Call = (id: number) => Promise<string | void>;

/** Rows of an answer that takes several packets. */
const MANY = 2_000;

const SLOW_INSERT =
  `WITH slow AS (SELECT pg_sleep(0.2)) INSERT INTO marks SELECT $1, n FROM slow, generate_series(1, 2) AS n`;

/** Keeps a pool busy by every kind of call at the same time. Needs an empty database. */
export class PoolLoad {
  #begun = 0;
  #settled = 0;
  #stopping = false;
  readonly #pool: ConnectionPool;
  readonly #book: WriteRecorder;
  readonly #endings = new Map<string, number>();
  readonly #complaints: string[] = [];
  readonly #workers: readonly Promise<void>[];

  private constructor(pool: ConnectionPool, book: WriteRecorder, workersOfAKind: number) {
    this.#pool = pool;
    this.#book = book;
    const calls = [this.#write, this.#read, this.#readMany, this.#transact, this.#giveUp, this.#abort];
    this.#workers = calls.flatMap((call) => Array.from({ length: workersOfAKind }, () => this.#work(call)));
  }

  /** Begins. */
  static async start(pool: ConnectionPool, { workersOfAKind = 4 } = {}): Promise<PoolLoad> {
    return new PoolLoad(pool, await WriteRecorder.open(pool.writer()), workersOfAKind);
  }

  /** Resolves when so many more calls have succeeded. */
  async untilDone(count: number): Promise<void> {
    const target = this.#count("done", 0) + count;
    while (this.#count("done", 0) < target) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  /** Begins no more calls; gives its report when each of those that were begun has settled. */
  async stop(): Promise<LoadReport> {
    this.#stopping = true;
    await Promise.all(this.#workers);
    return {
      begun: this.#begun,
      settled: this.#settled,
      endings: Object.fromEntries([...this.#endings].sort()),
      contradictions: [...this.#complaints, ...await this.#book.contradictions(this.#pool.writer())],
    };
  }

  async #work(call: Call): Promise<void> {
    while (!this.#stopping) {
      const id = this.#begun++;
      try {
        const complaint = await call(id);
        if (complaint) this.#complaints.push(complaint);
        this.#count("done", 1);
      } catch (error) {
        this.#count(error instanceof DatabaseError ? error.code : `not a DatabaseError: ${error}`, 1);
      }
      this.#settled++;
      // A pool that refuses at once would otherwise be asked without a pause, and nothing else would run.
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  readonly #write: Call = (id) => this.#book.statement(id, () => insert(this.#pool.writer(), id, [1, 2]));

  readonly #read: Call = async (id) => {
    const { rows } = await this.#pool.reader().query<{ n: number }>("SELECT $1::int AS n", [id]);
    const right = rows.length === 1 && rows[0]?.n === id;
    return right ? undefined : `${id} was answered ${JSON.stringify(rows)}`;
  };

  readonly #readMany: Call = async (id) => {
    const text = "SELECT n + $1::int AS n, repeat('x', 100) AS x FROM generate_series(1, $2::int) AS n";
    const { rows } = await this.#pool.reader().query<{ n: number }>(text, [id, MANY]);
    const right = rows.length === MANY && rows.every(({ n }, index) => n === id + index + 1);
    return right ? undefined : `${id} was answered with ${rows.length} rows that are not right`;
  };

  readonly #transact: Call = (id) =>
    this.#book.transaction(id, () => this.#pool.withTx((tx) => inTwoParts(tx, id)));

  /** A transaction whose function gives up after its writes. */
  readonly #giveUp: Call = (id) => {
    const error = new DatabaseError("conflict", "Given up");
    return this.#book.refused(id, error, () =>
      this.#pool.withTx(async (tx) => {
        await inTwoParts(tx, id);
        throw error;
      }));
  };

  /** A statement that is aborted while it waits. */
  readonly #abort: Call = async (id) => {
    const controller = new AbortController();
    const { signal } = controller;
    setTimeout(() => controller.abort(), id % 50);
    try {
      await this.#book.statement(id, () => this.#pool.writer().query(SLOW_INSERT, [id], { signal }));
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

async function inTwoParts(tx: Transaction, id: number): Promise<void> {
  await insert(tx, id, [1]);
  await insert(tx, id, [2]);
}

async function insert(querier: Querier, id: number, parts: readonly number[]): Promise<void> {
  await querier.query("INSERT INTO marks SELECT $1, unnest($2::int[])", [id, parts]);
}
