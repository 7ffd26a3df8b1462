import { join } from "node:path";
import type { MigrationSource } from "../db/db.ts";

/** Whose migrations the program applies. The folders are inside the executable, where there is one. */
export const MIGRATION_SOURCES: readonly MigrationSource[] = ["profile_service", "payment_service"].map(
  (name) => ({ name, directory: join(import.meta.dirname ?? ".", "..", name, "migrations") }),
);
