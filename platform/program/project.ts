import { join, relative } from "node:path";
import type { MigrationSource } from "@archway/db/db.ts";
import { API_KEY_MIGRATIONS } from "@archway/service_kit/api_key_tables.ts";
import type { ServiceCommand } from "@archway/service_kit/command.ts";
import { IDEMPOTENCY_MIGRATIONS } from "@archway/service_kit/idempotency.ts";
import type { ServiceModule } from "@archway/service_kit/service_module.ts";
import { PLATFORM_COMMANDS } from "./platform_commands.ts";

/** Name and services of a program. */
export interface Project {
  /** Name of the executable, a lowercase word such as "archway". */
  readonly name: string;
  /** Version that --version prints, such as "1.2.0". */
  readonly version?: string;
  readonly services: readonly ServiceModule[];
}

/** Root directory of the project: the checkout, or its copy inside the executable. */
export const PROJECT_ROOT: string = join(import.meta.dirname ?? ".", "../..");

/** Names that no command of a service can have. */
const RESERVED_COMMANDS = ["help", ...Object.keys(PLATFORM_COMMANDS)];

/**
 * Checks that the services can run in one program.
 *
 * @throws {Error} for a duplicate service or command, a reserved command, or a required service that is missing.
 */
export function checkServices(services: readonly ServiceModule[]): void {
  const names = services.map(({ name }) => name);
  const commands = services.flatMap(({ commands = [] }) => commands)
    .map(({ name, option }) => option === undefined ? name : `${name} ${option}`);
  const jobs = services.flatMap(({ jobs = [] }) => jobs.map(({ kind }) => kind));
  const schedules = services.flatMap(({ schedules = [] }) => schedules.map(({ name }) => name));
  for (
    const [kind, all] of Object.entries({ service: names, command: commands, job: jobs, schedule: schedules })
  ) {
    const duplicate = all.find((name, index) => all.indexOf(name) !== index);
    if (duplicate !== undefined) throw new Error(`services.ts: duplicate ${kind} "${duplicate}"`);
  }
  const reserved = serviceCommands(services).map(({ name }) => name)
    .find((command) => RESERVED_COMMANDS.includes(command));
  if (reserved !== undefined) {
    throw new Error(`services.ts: command "${reserved}" is reserved by the platform`);
  }
  for (const { name, requires = [], jobs = [], schedules = [] } of services) {
    if (jobs.length + schedules.length > 0 && !requires.includes("jobs")) {
      throw new Error(`services.ts: ${name} has jobs; add "jobs" to what it requires in its module.ts`);
    }
    const missing = requires.find((required) => !names.includes(required));
    if (missing === undefined) continue;
    throw new Error(`services.ts: ${name} requires ${missing}; add its module, or remove ${name}`);
  }
}

/** Returns the commands that services add to the program; those of one name, which differ by an option, are one. */
export function serviceCommands(services: readonly ServiceModule[]): readonly ServiceCommand[] {
  const byName = Map.groupBy(services.flatMap(({ commands = [] }) => commands), ({ name }) => name);
  return [...byName.values()].flatMap((commands) => {
    const [first, ...others] = commands;
    return first === undefined || others.length === 0 ? commands : [oneOf(first, others)];
  });
}

/** Returns a command that runs the one whose option is among the arguments, or the first one. */
function oneOf(first: ServiceCommand, others: readonly ServiceCommand[]): ServiceCommand {
  const all = [first, ...others];
  return {
    name: first.name,
    summary: all.map(({ summary }) => summary).join("; "),
    usage: all.flatMap(({ usage }) => usage),
    arguments: all.flatMap(({ arguments: own = [] }) => own),
    run: (args, context) => {
      const names = args.map((argument) => argument.replace(/=.*$/s, ""));
      const chosen = others.find(({ option = "" }) => names.includes(option)) ?? first;
      return chosen.run(args, context);
    },
  };
}

/** Whether a service has background work, which the command `worker` runs. */
export function hasBackground(services: readonly ServiceModule[]): boolean {
  return services.some(({ hasBackground = false }) => hasBackground);
}

/** Returns the migration directories of the platform and of the services; files are applied in order of version. */
export function migrationSources(services: readonly ServiceModule[]): readonly MigrationSource[] {
  return [
    { name: "idempotency", directory: IDEMPOTENCY_MIGRATIONS },
    { name: "api_keys", directory: API_KEY_MIGRATIONS },
    ...services.flatMap(({ name, migrations }) =>
      migrations === undefined ? [] : [{ name, directory: migrations }]
    ),
  ];
}

/** Returns a path relative to the root of the project, with forward slashes. */
export function fromRoot(path: string): string {
  return relative(PROJECT_ROOT, path).replaceAll("\\", "/");
}
