import type { ConnectionPool } from "@archway/db/db.ts";
import type { Server } from "@archway/server/server.ts";
import type { ServerOption } from "@archway/server/server_options.ts";
import { services } from "./fixture_program/services.ts";
import { serviceServer } from "./service_server.ts";

/** Returns an in-process server of the Contact API that validates its responses. */
export function contactServer(pool: ConnectionPool, ...options: ServerOption[]): Server {
  return serviceServer(pool, { services, options });
}
