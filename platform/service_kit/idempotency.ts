import { join } from "node:path";
import type { TableDeclaration } from "./personal_data.ts";

/** Public entry point of idempotent requests, whose keys and responses commit with the work. */
export { keySweeper } from "./idempotency/key_sweeper.ts";
export { PostgresIdempotency } from "./idempotency/postgres_idempotency.ts";
export { storedResponses } from "./idempotency/personal_responses.ts";
export { completeWithKey, transactionOf } from "./idempotency/transaction_unit.ts";

/** Its table. */
export const IDEMPOTENCY_TABLES: readonly TableDeclaration[] = [{
  table: "idempotency_keys",
  personal: ["body", "headers"],
  retention: { setting: "IDEMPOTENCY_TTL", rule: "twice, from the request" },
  erasure: "responses that mention the person are dropped; their keys count as expired",
}];

/** Folder of the migrations of the idempotency-key table, which every program has. */
export const IDEMPOTENCY_MIGRATIONS: string = join(import.meta.dirname ?? ".", "idempotency/migrations");
