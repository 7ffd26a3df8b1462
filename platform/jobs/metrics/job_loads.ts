import type { ConnectionManager } from "@archway/db/db.ts";
import type { StepOutcome } from "@archway/queue/work_loop.ts";

/** Due jobs of a kind when they were last counted. */
export interface JobLoad {
  readonly kind: string;
  readonly waiting: number;
  /** Time since the oldest of them was due, in seconds. */
  readonly ageSeconds: number;
  /** Stored dead letters. */
  readonly dead: number;
}

/** Options of job loads. */
export interface JobLoadsOptions {
  readonly database: ConnectionManager;
  /** Kinds of jobs of this program; others are counted too if there are any. */
  readonly kinds: readonly string[];
  /** Returns the current time, in milliseconds since 1970. */
  readonly nowMs: () => number;
}

interface LoadRow {
  readonly kind: string;
  readonly waiting: bigint;
  readonly oldest: string | null;
  readonly dead: bigint;
}

// A running job is due when its lease expires, so it is not counted before.
const LOADS =
  `select kind, sum(waiting)::bigint as waiting, min(oldest) as oldest, sum(dead)::bigint as dead from (
    select kind, count(*) as waiting, min(due_at) as oldest, 0 as dead
    from jobs where dead_at is null and due_at <= $1 group by kind
    union all
    select kind, 0, null, count(*) from jobs where dead_at is not null group by kind
  ) as loads group by kind`;

/** Numbers of jobs by kind, refreshed by a periodic step. */
export class JobLoads {
  readonly #options: JobLoadsOptions;
  #rows: ReadonlyMap<string, LoadRow> = new Map();

  constructor(options: JobLoadsOptions) {
    this.#options = options;
  }

  /** Counts the jobs. */
  async step(): Promise<StepOutcome> {
    const { database, nowMs } = this.#options;
    const now = new Date(nowMs()).toISOString();
    // From the primary, as a replica may not have the table yet.
    const { rows } = await database.writer().query<LoadRow>(LOADS, [now]);
    this.#rows = new Map(rows.map((row) => [row.kind, row]));
    return "idle";
  }

  /** Returns the numbers counted last. */
  readings(): readonly JobLoad[] {
    const { kinds, nowMs } = this.#options;
    return [...new Set([...kinds, ...this.#rows.keys()])].map((kind) => {
      const { waiting = 0n, oldest = null, dead = 0n } = this.#rows.get(kind) ?? {};
      const ageSeconds = oldest === null ? 0 : Math.max(0, (nowMs() - Date.parse(oldest)) / 1000);
      return { kind, waiting: Number(waiting), ageSeconds, dead: Number(dead) };
    });
  }
}
