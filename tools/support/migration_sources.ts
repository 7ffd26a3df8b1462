import { migrationSources } from "@archway/program/project.ts";
import { services } from "../../services.ts";

/** Folders of migrations of the program as services.ts composes it. */
export const MIGRATION_SOURCES = migrationSources(services);
