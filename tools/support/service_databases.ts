import type { MigrationSource } from "@archway/db/db.ts";
import { migrationSources } from "@archway/program/project.ts";
import type { ServiceModule } from "@archway/service_kit/service_module.ts";
import { services as listed } from "../../services.ts";
import { type Databases, databasesWith } from "./databases_with.ts";

/** Returns test databases by name, with the tables of services and of the modules that they require. */
export function serviceDatabases(...services: readonly ServiceModule[]): Databases {
  return databasesWith(serviceMigrations(...services));
}

/** Returns the migrations of services and of the modules that they require. */
export function serviceMigrations(...services: readonly ServiceModule[]): readonly MigrationSource[] {
  return migrationSources(withRequired(services));
}

/**
 * Returns services after the modules that they require, which are found by name.
 *
 * @param known Modules to choose from. @default those of services.ts
 * @throws {Error} if there is no module of a required name.
 */
export function withRequired(
  services: readonly ServiceModule[],
  known: readonly ServiceModule[] = listed,
): readonly ServiceModule[] {
  const found = new Map<string, ServiceModule>();
  function add(service: ServiceModule): void {
    if (found.has(service.name)) return;
    for (const name of service.requires ?? []) {
      const required = [...services, ...known].find((other) => other.name === name);
      if (required === undefined) {
        throw new Error(`${service.name} requires ${name}, which services.ts does not list; add its module`);
      }
      add(required);
    }
    found.set(service.name, service);
  }
  for (const service of services) add(service);
  return [...found.values()];
}
