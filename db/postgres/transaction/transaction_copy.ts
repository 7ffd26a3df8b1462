import type { RowCopy } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import type { Connection } from "../connection/connection.ts";
import { type ConnectionCopy, PartsError } from "../connection/connection_copy.ts";

/** Transaction in which a COPY runs. */
export interface CopyScope {
  /** Begins the transaction on the server. Rejects if it takes no statement. */
  begin(): Promise<unknown>;
  /** Runs a statement that returns its number of rows. COMMIT waits for it, and its error fails the transaction. */
  run(text: string, start: () => Promise<number>): Promise<number>;
}

/**
 * COPY in a transaction. A transaction that ends meanwhile, by its deadline or an abort, closes the connection, since the
 * server does not take a ROLLBACK before the end of the rows; nothing of it remains.
 */
export class TransactionCopy implements RowCopy {
  readonly canWrite: boolean;
  readonly #copy: ConnectionCopy;
  readonly #scope: CopyScope;

  constructor(copy: ConnectionCopy, { instance }: Pick<Connection, "instance">, scope: CopyScope) {
    this.#copy = copy;
    this.#scope = scope;
    this.canWrite = instance.takesCopy ?? true;
  }

  async write(text: string, parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<number> {
    await this.#scope.begin();
    if (!this.canWrite) {
      throw new DatabaseError("internal", "The embedded database takes no rows by COPY: use insertRows()");
    }
    let own: PartsError | undefined;
    const write = (): Promise<number> =>
      this.#copy.write(text, parts).catch((error) => {
        if (error instanceof PartsError) own = error;
        throw error;
      });
    try {
      return await this.#scope.run(text, write);
    } catch (error) {
      throw own === undefined ? error : own.cause;
    }
  }

  async *read(text: string): AsyncGenerator<Uint8Array, number> {
    await this.#scope.begin();
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const outcome = this.#scope.run(text, () => promise);
    outcome.catch(() => {});
    // Also if the consumer leaves early.
    let end = (): void =>
      reject(new DatabaseError("internal", "The rows of a COPY were not read to their end"));
    try {
      const rows = yield* this.#copy.read(text);
      end = (): void => resolve(rows);
    } catch (error) {
      end = (): void => reject(error);
    } finally {
      end();
    }
    return await outcome;
  }
}
