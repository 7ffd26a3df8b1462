import type { Querier } from "../../../db.ts";
import { DatabaseError } from "../../../errors.ts";

/** What the caller of a write was told of it. */
type Fate = "made" | "not made" | "unknown";

/** Codes by which a statement says that it was not run, or that all of it was undone. */
const NOTHING_DONE: readonly string[] = ["unavailable", "saturated", "conflict", "timeout"];

/**
 * Keeps the books of writes: each has a number and two rows in the table `marks`, so that the table tells afterwards
 * whether its caller was told the truth.
 */
export class WriteRecorder {
  readonly #fates = new Map<number, Fate>();

  /** Makes the table. */
  static async open(querier: Querier): Promise<WriteRecorder> {
    await querier.query("CREATE TABLE marks (id int NOT NULL, part int NOT NULL)");
    return new WriteRecorder();
  }

  /** Notes what becomes of a statement. */
  statement(id: number, write: () => Promise<unknown>): Promise<void> {
    return this.#note(id, write, (code) => NOTHING_DONE.includes(code));
  }

  /** Notes what becomes of a transaction: all but one code says that it was rolled back. */
  transaction(id: number, write: () => Promise<unknown>): Promise<void> {
    return this.#note(id, write, (code) => code !== "outcome-unknown");
  }

  /** Notes what becomes of a transaction whose function throws `error`. */
  async refused(id: number, error: unknown, write: () => Promise<unknown>): Promise<void> {
    try {
      await this.transaction(id, write);
    } catch (thrown) {
      if (thrown !== error) throw thrown;
    }
  }

  /** Lost and half-made writes, and those that were denied and are there: in words. */
  async contradictions(querier: Querier): Promise<readonly string[]> {
    const { rows } = await querier.query<{ id: number; parts: number }>(
      "SELECT id, count(*)::int AS parts FROM marks GROUP BY id",
    );
    const made = new Map(rows.map(({ id, parts }) => [id, parts]));
    return [...this.#fates].flatMap(([id, fate]) => {
      const parts = made.get(id) ?? 0;
      if (parts !== 0 && parts !== 2) return [`Write ${id} is half made`];
      if (fate === "made" && parts === 0) return [`Write ${id} was acknowledged and is lost`];
      return fate === "not made" && parts > 0 ? [`Write ${id} was denied and is there`] : [];
    });
  }

  async #note(id: number, write: () => Promise<unknown>, isUndone: (code: string) => boolean): Promise<void> {
    this.#fates.set(id, "unknown");
    try {
      await write();
      this.#fates.set(id, "made");
    } catch (error) {
      if (error instanceof DatabaseError && isUndone(error.code)) this.#fates.set(id, "not made");
      throw error;
    }
  }
}
