import { join, relative } from "node:path";
import type { MigrationSource } from "@archway/db/db.ts";
import type { ServiceCommand } from "@archway/service_kit/command.ts";
import { IDEMPOTENCY_MIGRATIONS } from "@archway/service_kit/idempotency.ts";
import type { ServiceModule } from "@archway/service_kit/service_module.ts";

/** What makes a program of the platform: its name, and the services that it runs. */
export interface Project {
  /** Lowercase word, such as "archway", by which the program is called. */
  readonly name: string;
  readonly services: readonly ServiceModule[];
}

/** Root of the project: of the checkout, or inside the executable. */
export const PROJECT_ROOT: string = join(import.meta.dirname ?? ".", "../..");

/** Commands of every program, which no service can add. */
const PLATFORM_COMMANDS = ["help", "serve", "dev", "worker", "migrate", "config", "token", "db"];

/**
 * Checks that the services fit together.
 *
 * @throws {Error} for a name or command that occurs twice, a command that is the platform's own, or a required service
 * that is not listed.
 */
export function checkServices(services: readonly ServiceModule[]): void {
  const names = services.map(({ name }) => name);
  const commands = serviceCommands(services).map(({ name }) => name);
  for (const [things, all] of [["services", names], ["commands of services", commands]] as const) {
    const twice = all.find((name, index) => all.indexOf(name) !== index);
    if (twice !== undefined) throw new Error(`services.ts: two ${things} are called "${twice}"`);
  }
  const own = commands.find((command) => PLATFORM_COMMANDS.includes(command));
  if (own !== undefined) throw new Error(`services.ts: the command "${own}" is the platform's own`);
  for (const { name, requires = [] } of services) {
    const missing = requires.find((required) => !names.includes(required));
    if (missing === undefined) continue;
    throw new Error(`services.ts: ${name} requires ${missing}; list its module too, or remove ${name}`);
  }
}

/** Returns the commands that services add to the program. */
export function serviceCommands(services: readonly ServiceModule[]): readonly ServiceCommand[] {
  return services.flatMap(({ commands = [] }) => commands);
}

/** Whether a service has work beside requests, which the command `worker` does. */
export function hasBackground(services: readonly ServiceModule[]): boolean {
  return services.some(({ hasBackground = false }) => hasBackground);
}

/** Returns the folders of migrations: the platform's, then those of the services. Versions decide the order of files. */
export function migrationSources(services: readonly ServiceModule[]): readonly MigrationSource[] {
  return [
    { name: "idempotency", directory: IDEMPOTENCY_MIGRATIONS },
    ...services.flatMap(({ name, migrations }) =>
      migrations === undefined ? [] : [{ name, directory: migrations }]
    ),
  ];
}

/** Returns a path relative to the root of the project, with slashes. */
export function fromRoot(path: string): string {
  return relative(PROJECT_ROOT, path).replaceAll("\\", "/");
}
