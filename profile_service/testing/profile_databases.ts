import { migrationSources } from "@archway/program/project.ts";
import { databasesWith } from "@archway/tools/support/databases_with.ts";
import { profileModule } from "../module.ts";

/** Migration folders of a program that serves only profiles. */
export const PROFILE_MIGRATIONS = migrationSources([profileModule]);

/** Databases with the profile tables for test suites, by name. */
export const PROFILE_DATABASES = databasesWith(PROFILE_MIGRATIONS);
