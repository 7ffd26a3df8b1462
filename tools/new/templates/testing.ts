import type { NewService } from "../new_service.ts";
import { literal } from "../field_samples.ts";
import { exampleValues } from "./module.ts";

/** Returns the name of the constant with the databases of a service's tests. */
export function databasesName({ singular }: NewService["names"]): string {
  return `${singular.snake.toUpperCase()}_DATABASES`;
}

/** Returns the databases of a service's tests. */
export function databasesText({ names }: NewService): string {
  const { plural } = names;
  return `import { migrationSources } from "@archway/program/project.ts";
import { databasesWith } from "@archway/tools/support/databases_with.ts";
import { ${plural.camel}Module } from "../module.ts";

/** Databases with the tables of the service for test suites, by name. */
export const ${databasesName(names)} = databasesWith(migrationSources([${plural.camel}Module]));
`;
}

/** Returns the in-process server of a service's tests. */
export function serverText({ names: { singular, plural } }: NewService): string {
  return `import type { ConnectionPool } from "@archway/db/db.ts";
import type { Server } from "@archway/server/server.ts";
import type { ServerOption } from "@archway/server/server_options.ts";
import { serviceServer } from "@archway/tools/support/service_server.ts";
import { ${plural.camel}Module } from "../module.ts";

/** Creates an in-process server of the service over a database, with response validation. */
export function ${singular.camel}Server(pool: ConnectionPool, ...options: ServerOption[]): Server {
  return serviceServer(pool, { services: [${plural.camel}Module], options });
}
`;
}

/** Returns the additions of a service to the HTTP conformance tests. */
export function conformanceText({ names: { plural }, fields }: NewService): string {
  const isExact = !fields.some(({ type }) => type.kind === "money");
  return `import type { Suite } from "@archway/tools/support/conformance/suite.ts";

/** The document ${
    isExact
      ? "allows nothing that the service refuses"
      : "allows amounts and currencies that the service refuses"
  }. */
export function conformance(): Suite {
  return { document: "${plural.snake}"${isExact ? ", isExact: true" : ""} };
}
`;
}

/** Returns the additions of a service to the tests with Schemathesis. */
export function schemathesisText(service: NewService): string {
  const { plural, path } = service.names;
  return `import type { FuzzSetup, Hints } from "@archway/tools/support/schemathesis/fuzz_setup.ts";

const COUNT = 40;

/** ${plural.words.charAt(0).toUpperCase()}${plural.words.slice(1)} and hints for generated requests. */
export const schemathesis: FuzzSetup = {
  async fill(client): Promise<Hints> {
    const ids: string[] = [];
    for (let index = 0; index < COUNT; index++) {
      ids.push(await client.create("${path}", ${literal(exampleValues(service))}));
    }
    return { ...await client.cursors("${path}"), "path.id": ids };
  },
};
`;
}
