import type {
  ConnectionPool,
  Querier,
  QueryOptions,
  QueryParameter,
  QueryResult,
  Transaction,
} from "@archway/db/db.ts";

/** Returns a pool with other methods in place of some of its own. */
export function alteredPool(pool: ConnectionPool, changes: Partial<ConnectionPool>): ConnectionPool {
  return new Proxy(pool, {
    get(target, name): unknown {
      const own: unknown = Reflect.get(changes, name);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** Returns a pool that changes the text of every statement. */
export function rewritingPool(pool: ConnectionPool, rewrite: (text: string) => string): ConnectionPool {
  const rewriting = (db: Querier): Querier => ({
    query: (text, parameters, options) => db.query(rewrite(text), parameters, options),
  });
  const inTransaction = (tx: Transaction): Transaction => ({
    ...rewriting(tx),
    savepoint: (run) => tx.savepoint((inner) => run(inTransaction(inner))),
  });
  return alteredPool(pool, {
    writer: () => rewriting(pool.writer()),
    reader: (options) => rewriting(pool.reader(options)),
    withTx: (run, options) => pool.withTx((tx) => run(inTransaction(tx)), options),
  });
}

/** Statement of a querier. */
export interface Statement {
  readonly text: string;
  readonly parameters: readonly QueryParameter[] | undefined;
  readonly options: QueryOptions | undefined;
}

/** Returns a pool that runs single writes by a function of their statements. */
export function writingPool(
  pool: ConnectionPool,
  write: <Row extends object>(statement: Statement) => Promise<QueryResult<Row>>,
): ConnectionPool {
  return alteredPool(pool, {
    writer: () => ({
      query: (text, parameters, options) =>
        /^\s*(?:insert|update)/.test(text)
          ? write({ text, parameters, options })
          : pool.writer().query(text, parameters, options),
    }),
  });
}
