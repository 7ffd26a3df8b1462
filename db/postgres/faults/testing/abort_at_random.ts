import { setImmediate } from "node:timers/promises";
import type { ConnectionPool } from "../../../db.ts";
import { DatabaseError } from "../../../errors.ts";

/** Outcomes of statements of which some were aborted. */
export interface AbortReport {
  readonly aborted: number;
  /** Statements that ended otherwise than they must, as messages. */
  readonly wrong: readonly string[];
}

/** Callers at a time: more than connections, so that statements are sent behind each other. */
const callers = 24;

/** Sends statements until a number of them was aborted, at any time between sending and its response. */
export async function abortAtRandom(pool: ConnectionPool, count: number): Promise<AbortReport> {
  const wrong: string[] = [];
  let begun = 0;
  let aborted = 0;
  const call = async (): Promise<void> => {
    const id = begun++;
    const controller = new AbortController();
    const { signal } = controller;
    // Behind one that takes a moment, a cancel request has others to hit.
    const text = id % 3 === 0 ? "SELECT $1::int AS id, pg_sleep(0.002)" : "SELECT $1::int AS id";
    const isAborted = id % 2 === 0;
    const running = pool.writer().query<{ readonly id: number }>(text, [id], { signal });
    const settled = running.then(({ rows }) => rows[0]?.id, (error: unknown) => error);
    if (isAborted) {
      for (let turns = Math.floor(Math.random() * 8); turns > 0; turns--) await setImmediate();
      controller.abort();
    }
    const outcome = await settled;
    const isCancelled = outcome instanceof DatabaseError && outcome.code === "cancelled";
    if (isCancelled && isAborted) aborted++;
    else if (outcome !== id) wrong.push(`${id}${isAborted ? " (aborted)" : ""}: ${outcome}`);
  };
  await Promise.all(Array.from({ length: callers }, async () => {
    while (aborted < count) await call();
  }));
  return { aborted, wrong };
}
