import { join } from "node:path";

/** Folder of the migrations for the table of idempotency keys, which every program has. */
export const IDEMPOTENCY_MIGRATIONS: string = join(import.meta.dirname ?? ".", "idempotency/migrations");
