import { type Databases, databasesWith } from "./databases_with.ts";
import { FIXTURE_MIGRATIONS } from "./fixture_migrations.ts";

/** Databases with the tables of the fixture program. */
export const DATABASES: Databases = databasesWith(FIXTURE_MIGRATIONS);
