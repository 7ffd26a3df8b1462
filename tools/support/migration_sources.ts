import { migrationSources } from "@archway/program/project.ts";
import { services } from "../../services.ts";

/** Migrations of the program with the services of services.ts. */
export const MIGRATION_SOURCES = migrationSources(services);
