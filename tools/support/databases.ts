import { type Databases, databasesWith } from "./databases_with.ts";
import { MIGRATION_SOURCES } from "./migration_sources.ts";

/** Databases with the tables of this program. */
export const DATABASES: Databases = databasesWith(MIGRATION_SOURCES);
