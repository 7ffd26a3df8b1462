import type { MigrationSource } from "@archway/db/db.ts";
import { migrationSources } from "@archway/program/project.ts";
import { services } from "./fixture_program/services.ts";

/** Folders of migrations of the program that tests of the platform run. */
export const FIXTURE_MIGRATIONS: readonly MigrationSource[] = migrationSources(services);
