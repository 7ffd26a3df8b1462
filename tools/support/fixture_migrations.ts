import type { MigrationSource } from "@archway/db/db.ts";
import { migrationSources } from "@archway/program/project.ts";
import { services } from "./fixture_program/services.ts";

/** Migrations of the fixture program. */
export const FIXTURE_MIGRATIONS: readonly MigrationSource[] = migrationSources(services);
