import type { ConnectionPool } from "@archway/db/db.ts";
import type { Server } from "@archway/server/server.ts";
import type { ServerOption } from "@archway/server/server_options.ts";
import { serviceServer } from "@archway/tools/support/service_server.ts";
import { profileModule } from "../module.ts";

/** Creates an in-process Profile API over a database, with response validation. */
export function profileServer(pool: ConnectionPool, ...options: ServerOption[]): Server {
  return serviceServer(pool, { services: [profileModule], options });
}
