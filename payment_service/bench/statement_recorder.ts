import type {
  ConnectionManager,
  QueryParameter,
  QueryResult,
  Transaction,
  TxManager,
} from "@archway/db/db.ts";
import { encodeParameter } from "@archway/db/postgres/connection/text_format.ts";

/** One statement as the service sends it, with the parameters of one payment in PostgreSQL's text form. */
export interface RecordedStatement {
  readonly text: string;
  readonly parameters: readonly (string | null)[];
}

/** Writes down every statement of one transaction, and responses it with what a database would. */
export class StatementRecorder implements ConnectionManager, TxManager, Transaction {
  readonly statements: RecordedStatement[] = [];
  readonly #responses: (readonly unknown[])[];

  constructor(responses: readonly (readonly unknown[])[]) {
    this.#responses = [...responses];
  }

  query<Row>(text: string, parameters: readonly QueryParameter[] = []): Promise<QueryResult<Row>> {
    this.statements.push({ text, parameters: parameters.map(encodeParameter) });
    const rows = this.#responses.shift() ?? [];
    // Whoever asks knows what the rows are.
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
    return Promise.reject(new Error("Nothing is committed while SQL is recorded"));
  }
}
