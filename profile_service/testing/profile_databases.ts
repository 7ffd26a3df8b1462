import { migrationSources } from "@archway/program/project.ts";
import { databasesWith } from "@archway/tools/support/databases_with.ts";
import { profileModule } from "../module.ts";

/** Folders of migrations of a program that serves profiles alone. */
export const PROFILE_MIGRATIONS = migrationSources([profileModule]);

/** The databases that suites run over, by name, with the tables of profiles. */
export const PROFILE_DATABASES = databasesWith(PROFILE_MIGRATIONS);
