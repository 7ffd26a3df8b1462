import type {
  ConnectionManager,
  QueryParameter,
  QueryResult,
  Transaction,
  TxManager,
} from "@archway/db/db.ts";
import { encodeParameter } from "@archway/db/postgres/connection/text_format.ts";

/** A statement as a service sends it, with the parameters in PostgreSQL's text form. */
export interface RecordedStatement {
  readonly text: string;
  readonly parameters: readonly (string | null)[];
}

/** Records every statement of one transaction, and returns rows that a database would. */
export class StatementRecorder implements ConnectionManager, TxManager, Transaction {
  readonly statements: RecordedStatement[] = [];
  readonly #rows: (readonly unknown[])[];

  /** @param rows Those of each statement, in their order. */
  constructor(rows: readonly (readonly unknown[])[] = []) {
    this.#rows = [...rows];
  }

  query<Row>(text: string, parameters: readonly QueryParameter[] = []): Promise<QueryResult<Row>> {
    this.statements.push({ text, parameters: parameters.map(encodeParameter) });
    const rows = this.#rows.shift() ?? [];
    // The caller knows the type of the rows.
    return Promise.resolve(Object({ rows, rowCount: rows.length }));
  }

  withTx<T>(run: (tx: Transaction) => Promise<T>): Promise<T> {
    return run(this);
  }

  withTimeoutTx<T>(_timeoutMs: number, run: (tx: Transaction) => Promise<T>): Promise<T> {
    return run(this);
  }

  savepoint<T>(run: (tx: Transaction) => Promise<T>): Promise<T> {
    return run(this);
  }

  writer(): this {
    return this;
  }

  reader(): this {
    return this;
  }

  position(): Promise<never> {
    return Promise.reject(new Error("No position: a recorded transaction is not committed"));
  }
}
