import { serviceDatabases, serviceMigrations } from "@archway/tools/support/service_databases.ts";
import { profileModule } from "../module.ts";

/** Migration folders of a program that serves only profiles. */
export const PROFILE_MIGRATIONS = serviceMigrations(profileModule);

/** Databases with the profile tables for test suites, by name. */
export const PROFILE_DATABASES = serviceDatabases(profileModule);
