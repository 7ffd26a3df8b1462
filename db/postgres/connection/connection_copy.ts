import { DatabaseError } from "../../errors.ts";
import type { CopyParts, DriverCopy } from "./driver_session.ts";
import type { SentStatements } from "./sent_statements.ts";
import { toStatementError } from "./statement_errors.ts";

/** COPY on a connection, behind the statements in flight. Others are refused until its end. */
export class ConnectionCopy {
  readonly #driver: DriverCopy;
  readonly #statements: SentStatements;

  constructor(driver: DriverCopy, statements: SentStatements) {
    this.#driver = driver;
    this.#statements = statements;
  }

  /**
   * Runs a COPY … FROM STDIN, and returns the number of rows.
   *
   * @throws {PartsError} if it failed because of its parts, after which there are no rows.
   */
  async write(text: string, parts: CopyParts): Promise<number> {
    const sent = this.#statements.push();
    try {
      const watched = watchedParts(parts);
      return await this.#driver.write(text, { parts: watched, onSent: (pending) => sent.pending = pending });
    } catch (error) {
      if (error instanceof PartsError) throw error;
      throw withRow(toStatementError(error, sent, false), error);
    } finally {
      this.#statements.settle(sent);
    }
  }

  /** Runs a COPY … TO STDOUT, and returns the number of rows. Leaving it early ends the session. */
  async *read(text: string): AsyncGenerator<Uint8Array, number> {
    const sent = this.#statements.push();
    try {
      return yield* this.#driver.read(text, { onSent: (pending) => sent.pending = pending });
    } catch (error) {
      throw toStatementError(error, sent, false);
    } finally {
      this.#statements.settle(sent);
    }
  }
}

/** Error of the parts of a COPY, as its cause. */
export class PartsError extends Error {
  constructor(override readonly cause: unknown) {
    super("The rows of a COPY could not be read");
  }
}

async function* watchedParts(parts: CopyParts): AsyncGenerator<Uint8Array> {
  try {
    yield* parts;
  } catch (error) {
    throw new PartsError(error);
  }
}

/** Adds the row and the column that the server refused, without their values. */
function withRow(known: DatabaseError, error: unknown): DatabaseError {
  const where: unknown = error instanceof Error ? Reflect.get(error, "where") : undefined;
  const found = typeof where === "string" ? /^COPY [^,]+, line (\d+)(?:, column ([^:]+))?/.exec(where) : null;
  if (found === null) return known;
  const [, row, column] = found;
  const place = column === undefined ? `row ${row}` : `row ${row}, column ${column}`;
  return new DatabaseError(known.code, `${known.message} (${place} of COPY)`, {
    ...known.logFields,
    ...(column === undefined ? {} : { column }),
    cause: known.cause,
  });
}
