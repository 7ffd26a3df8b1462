import type { ExistingService } from "../existing_service.ts";

/** Imports and expressions of the tests of a service. */
export interface TestSupport {
  /** Import statements. */
  readonly imports: string;
  /** Databases by name. */
  readonly databases: string;
  /** Returns the expression of a server over `database.pool`, with further options. */
  server(options?: string): string;
}

/** Options of {@link testSupport}. */
export interface TestSupportOptions {
  /** Path from the test to the folder of the service. @default {"./"} */
  readonly from?: string;
  /** Whether the databases need the tables of events. @default {false} */
  readonly withEvents?: boolean;
}

/** Returns what the tests of a service are made of: its files in testing/, or those of the platform. */
export function testSupport(
  { sources, folder, module }: ExistingService,
  { from = "./", withEvents = false }: TestSupportOptions = {},
): TestSupport {
  const files = [...sources].filter(([path]) => path.startsWith(`${folder}/testing/`));
  const found = (pattern: RegExp): { readonly name: string; readonly line: string } | undefined => {
    for (const [path, text] of files) {
      const [, name] = pattern.exec(text) ?? [];
      if (name !== undefined) {
        return { name, line: `import { ${name} } from "${from}${path.slice(folder.length + 1)}";\n` };
      }
    }
    return undefined;
  };
  const own = found(/^export const (\w+_DATABASES)\b/m);
  const hasEvents = files.some(([, text]) =>
    text.includes("migrationSources([") && text.includes("eventsModule")
  );
  const databases = withEvents && !hasEvents ? undefined : own;
  const modules = withEvents ? `eventsModule, ${module}` : module;
  const server = found(
    /^export function (\w+Server)\(pool: ConnectionPool, \.\.\.options: ServerOption\[\]\)/m,
  );
  const needsModule = databases === undefined || server === undefined;
  return {
    imports: [
      databases === undefined
        ? 'import { migrationSources } from "@archway/program/project.ts";\n' +
          'import { databasesWith } from "@archway/tools/support/databases_with.ts";\n' +
          (withEvents ? 'import { eventsModule } from "@archway/events/module.ts";\n' : "")
        : databases.line,
      server === undefined
        ? 'import { serviceServer } from "@archway/tools/support/service_server.ts";\n'
        : server.line,
      needsModule ? `import { ${module} } from "${from}module.ts";\n` : "",
    ].join(""),
    databases: databases?.name ?? `databasesWith(migrationSources([${modules}]))`,
    server: (options = "") =>
      server === undefined
        ? `serviceServer(database.pool, { services: [${module}]${
          options === "" ? "" : `, options: [${options}]`
        } })`
        : `${server.name}(database.pool${options === "" ? "" : `, ${options}`})`,
  };
}
