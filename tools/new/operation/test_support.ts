import type { ExistingService } from "../existing_service.ts";
import { spellingsOf } from "../names.ts";

/** Imports and expressions of the tests of a service. */
export interface TestSupport {
  /** Import statements. */
  readonly imports: string;
  /** Databases by name. */
  readonly databases: string;
  /** Returns a body that creates a resource, with its parent created before, as the caller of a token. */
  body(literal: string, token: string): string;
  /** Scopes, as elements of a list, of tokens that create parents. */
  readonly scopes: string;
  /** Properties with the ids of parents. */
  readonly parents: readonly string[];
  /** Returns the expression of a server over `database.pool`, with further options. */
  server(options?: string): string;
}

/** Options of {@link testSupport}. */
export interface TestSupportOptions {
  /** Path from the test to the folder of the service. @default {"./"} */
  readonly from?: string;
  /** Whether the databases need the tables of events. @default {false} */
  readonly withEvents?: boolean;
  /** Whether the test creates resources, and so those that they belong to. @default {false} */
  readonly withParents?: boolean;
}

/** Returns what the tests of a service are made of: its files in testing/, or those of the platform. */
export function testSupport(
  { sources, folder, module }: ExistingService,
  { from = "./", withEvents = false, withParents = false }: TestSupportOptions = {},
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
  // Databases of earlier scaffolders list their modules.
  const hasEvents = files.some(([, text]) =>
    text.includes("serviceDatabases(") ||
    (text.includes("migrationSources([") && text.includes("eventsModule"))
  );
  const databases = withEvents && !hasEvents ? undefined : own;
  const server = found(
    /^export function (\w+Server)\(pool: ConnectionPool, \.\.\.options: ServerOption\[\]\)/m,
  );
  const parents = files.flatMap(([path, text]) => {
    const [, create, name] = /^export async function (create(\w+))\(\n? *server: Server,/m.exec(text) ?? [];
    const [, scopes] = /^export const (\w+_SCOPES)\b/m.exec(text) ?? [];
    if (create === undefined || name === undefined || scopes === undefined) return [];
    const line = `import { ${create}, ${scopes} } from "${from}${path.slice(folder.length + 1)}";\n`;
    return [{ create, scopes, line, property: `${spellingsOf(name).camel}Id` }];
  });
  const needsModule = databases === undefined || server === undefined;
  return {
    imports: [
      databases === undefined
        ? 'import { serviceDatabases } from "@archway/tools/support/service_databases.ts";\n'
        : databases.line,
      server === undefined
        ? 'import { serviceServer } from "@archway/tools/support/service_server.ts";\n'
        : server.line,
      ...(withParents ? parents.map(({ line }) => line) : []),
      needsModule ? `import { ${module} } from "${from}module.ts";\n` : "",
    ].join(""),
    databases: databases?.name ?? `serviceDatabases(${module})`,
    body: (literal, token) =>
      parents.reduce(
        (text, { property, create }) =>
          text.replace(
            new RegExp(`\\b${property}: "[^"]*"`),
            `${property}: await ${create}(server, { Authorization: "Bearer ${token}" })`,
          ),
        literal,
      ),
    scopes: parents.map(({ scopes }) => `, ...${scopes}`).join(""),
    parents: parents.map(({ property }) => property),
    server: (options = "") =>
      server === undefined
        ? `serviceServer(database.pool, { services: [${module}]${
          options === "" ? "" : `, options: [${options}]`
        } })`
        : `${server.name}(database.pool${options === "" ? "" : `, ${options}`})`,
  };
}
