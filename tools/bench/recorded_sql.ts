import type {
  ConnectionManager,
  QueryParameter,
  QueryResult,
  Transaction,
  TxManager,
} from "@archway/db/db.ts";
import { encodeParameter } from "@archway/db/postgres/connection/text_format.ts";

/** A statement as a service sends it. */
export interface RecordedStatement<Name extends string> {
  readonly text: string;
  /** Returns its parameters in PostgreSQL's text form, with other values in place of the recorded ones. */
  bind(values: Readonly<Partial<Record<Name, string | null>>>): (string | null)[];
}

/**
 * Records the statements of one transaction, and returns rows that a database would. Every recorded value in a parameter,
 * alone or inside of a list or of JSON, is bound by its name; none may be a part of another one.
 */
export class StatementRecorder<Name extends string> implements ConnectionManager, TxManager, Transaction {
  readonly statements: RecordedStatement<Name>[] = [];
  readonly #names: ReadonlyMap<string, string>;
  readonly #value: RegExp;
  readonly #rows: (readonly unknown[])[];

  /** @param rows Those of each statement, in their order. */
  constructor(recorded: Readonly<Record<Name, string>>, rows: readonly (readonly unknown[])[] = []) {
    this.#names = new Map(Object.entries<string>(recorded).map(([name, value]) => [value, name]));
    this.#value = new RegExp(`(${[...this.#names.keys()].map(RegExp.escape).join("|")})`);
    this.#rows = [...rows];
  }

  query<Row>(text: string, parameters: readonly QueryParameter[] = []): Promise<QueryResult<Row>> {
    const templates = parameters.map((parameter) => this.#templateOf(encodeParameter(parameter)));
    this.statements.push({ text, bind: (values) => templates.map((template) => template(values)) });
    const rows = this.#rows.shift() ?? [];
    // The caller knows the type of the rows.
    return Promise.resolve(Object({ rows, rowCount: rows.length }));
  }

  #templateOf(
    parameter: string | null,
  ): (values: Readonly<Record<string, string | null | undefined>>) => string | null {
    const parts = parameter?.split(this.#value).filter((text) => text !== "") ?? [];
    const named = parts.map((text) => ({ text, name: this.#names.get(text) }));
    const [first] = named;
    if (first?.name === undefined && named.length < 2) return () => parameter;
    if (first?.name !== undefined && named.length === 1) return (values) => values[first.name ?? ""] ?? null;
    return (values) => named.map(({ text, name }) => name === undefined ? text : values[name] ?? "").join("");
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
