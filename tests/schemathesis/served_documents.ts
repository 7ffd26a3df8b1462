import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { ServiceModule } from "@archway/service_kit/service_module.ts";
import { mountOnPool } from "@archway/tools/support/service_server.ts";

/** OpenAPI document that a program serves. */
export interface ServedDocument {
  /** Name under which it is served, such as "contact". */
  readonly name: string;
  readonly service: ServiceModule;
}

/** Pools connect on demand, and mounting needs no statement. */
const UNUSED = {
  host: "127.0.0.1",
  port: 1,
  user: "none",
  password: "none",
  database: "none",
  maxConnections: 1,
};

/**
 * Returns the documents of services, but those of modules that call the operations of others: what GraphQL accepts is a
 * document in its own language, of which the schema of a request says nothing.
 */
export async function servedDocuments(
  services: readonly ServiceModule[],
): Promise<readonly ServedDocument[]> {
  await using pool = openPool({ primary: UNUSED, replicas: [] });
  const mounted = mountOnPool(pool, { services }).services;
  return services.flatMap((service, index) => {
    const api = mounted[index]?.api;
    return api === undefined || api.connect !== undefined ? [] : [{ name: api.name, service }];
  });
}
