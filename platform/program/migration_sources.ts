import { join } from "node:path";
import type { MigrationSource } from "@archway/db/db.ts";

const ROOT = join(import.meta.dirname ?? ".", "../..");

/** Whose migrations the program applies. The folders are inside the executable, where there is one. */
export const MIGRATION_SOURCES: readonly MigrationSource[] = [
  { name: "profile_service", directory: join(ROOT, "profile_service/migrations") },
  { name: "payment_service", directory: join(ROOT, "payment_service/migrations") },
  { name: "events", directory: join(ROOT, "platform/events/migrations") },
  { name: "idempotency", directory: join(ROOT, "platform/service_kit/idempotency/migrations") },
];
