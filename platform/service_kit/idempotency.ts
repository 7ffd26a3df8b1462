import { join } from "node:path";

/** Door of idempotent requests: their keys and responses, stored in the transaction of what they did. */
export { KeySweeper } from "./idempotency/key_sweeper.ts";
export { PostgresIdempotency } from "./idempotency/postgres_idempotency.ts";
export { transactionOf } from "./idempotency/transaction_unit.ts";

/** Folder of the migrations for the table of keys, which every program has. */
export const IDEMPOTENCY_MIGRATIONS: string = join(import.meta.dirname ?? ".", "idempotency/migrations");
