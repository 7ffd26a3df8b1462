import type { Querier } from "../../../db.ts";
import { DatabaseError } from "../../../errors.ts";

/** Outcome of a write as reported to its caller. */
type Outcome = "made" | "not made" | "unknown";

/** Codes for which a statement had no effect or was rolled back. */
const NOTHING_DONE: readonly string[] = ["unavailable", "saturated", "conflict", "timeout"];

/**
 * Records the outcome of writes. Each has a number and two rows in the table `marks`, so that the table shows whether
 * the reported outcome was true.
 */
export class WriteRecorder {
  readonly #outcomes = new Map<number, Outcome>();

  /** Creates the table. */
  static async open(querier: Querier): Promise<WriteRecorder> {
    await querier.query("CREATE TABLE marks (id int NOT NULL, part int NOT NULL)");
    return new WriteRecorder();
  }

  /** Records the outcome of a statement. */
  statement(id: number, write: () => Promise<unknown>): Promise<void> {
    return this.#record(id, write, (code) => NOTHING_DONE.includes(code));
  }

  /** Records the outcome of a transaction. Every code except "outcome-unknown" means that it was rolled back. */
  transaction(id: number, write: () => Promise<unknown>): Promise<void> {
    return this.#record(id, write, (code) => code !== "outcome-unknown");
  }

  /** Records the outcome of a transaction whose function throws `error`. */
  async refused(id: number, error: unknown, write: () => Promise<unknown>): Promise<void> {
    try {
      await this.transaction(id, write);
    } catch (thrown) {
      if (thrown !== error) throw thrown;
    }
  }

  /** Describes lost and partial writes, and writes reported as failed that exist. */
  async contradictions(querier: Querier): Promise<readonly string[]> {
    const { rows } = await querier.query<{ id: number; parts: number }>(
      "SELECT id, count(*)::int AS parts FROM marks GROUP BY id",
    );
    const made = new Map(rows.map(({ id, parts }) => [id, parts]));
    return [...this.#outcomes].flatMap(([id, outcome]) => {
      const parts = made.get(id) ?? 0;
      if (parts !== 0 && parts !== 2) return [`Write ${id} is partial`];
      if (outcome === "made" && parts === 0) return [`Write ${id} was acknowledged and is lost`];
      return outcome === "not made" && parts > 0 ? [`Write ${id} was reported as failed but exists`] : [];
    });
  }

  async #record(
    id: number,
    write: () => Promise<unknown>,
    isUndone: (code: string) => boolean,
  ): Promise<void> {
    this.#outcomes.set(id, "unknown");
    try {
      await write();
      this.#outcomes.set(id, "made");
    } catch (error) {
      if (error instanceof DatabaseError && isUndone(error.code)) this.#outcomes.set(id, "not made");
      throw error;
    }
  }
}
