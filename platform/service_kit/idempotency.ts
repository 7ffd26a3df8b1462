import { join } from "node:path";

/** Public entry point of idempotent requests, whose keys and responses commit with the work. */
export { keySweeper } from "./idempotency/key_sweeper.ts";
export { PostgresIdempotency } from "./idempotency/postgres_idempotency.ts";
export { completeWithKey, transactionOf } from "./idempotency/transaction_unit.ts";

/** Folder of the migrations of the idempotency-key table, which every program has. */
export const IDEMPOTENCY_MIGRATIONS: string = join(import.meta.dirname ?? ".", "idempotency/migrations");
