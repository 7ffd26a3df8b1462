import type { ServiceNaming } from "./code.ts";

/** Returns the databases of a service's tests. */
export function databasesText({ camel }: ServiceNaming): string {
  return `import { serviceDatabases } from "@archway/tools/support/service_databases.ts";
import { ${camel}Module } from "../module.ts";

/** Databases with the tables of the service, and of what it requires, for test suites, by name. */
export const DATABASES = serviceDatabases(${camel}Module);
`;
}

/** Returns the in-process server of a service's tests. */
export function serverText({ camel }: ServiceNaming): string {
  return `import type { ConnectionPool } from "@archway/db/db.ts";
import type { Server } from "@archway/server/server.ts";
import type { ServerOption } from "@archway/server/server_options.ts";
import { serviceServer } from "@archway/tools/support/service_server.ts";
import { ${camel}Module } from "../module.ts";

/** Creates an in-process server of the service over a database, with response validation. */
export function ${camel}Server(pool: ConnectionPool, ...options: ServerOption[]): Server {
  return serviceServer(pool, { services: [${camel}Module], options });
}
`;
}
