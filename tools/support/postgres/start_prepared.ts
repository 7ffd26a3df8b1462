import { join } from "node:path";
import { freePort } from "../free_port.ts";
import type { PostgresServer, PreparedServer } from "./postgres_server.ts";

/** Starts a prepared server, on another port if its own was taken in the meantime. */
export async function startPrepared<S extends PostgresServer>(
  prepared: PreparedServer,
  open: (prepared: PreparedServer) => S,
): Promise<S> {
  while (true) {
    const server = open(prepared);
    try {
      await server.start();
      return server;
    } catch (error) {
      // Other errors are not retried.
      const isTaken = (await server.log()).includes(`already running on port ${prepared.instance.port}?`);
      if (!isTaken) throw error;
    }
    prepared = await move(prepared);
  }
}

async function move({ instance, dataDirectory }: PreparedServer): Promise<PreparedServer> {
  const port = freePort();
  // The last setting applies.
  await Deno.writeTextFile(join(dataDirectory, "postgresql.auto.conf"), `port = '${port}'\n`, {
    append: true,
  });
  return { instance: { ...instance, port }, dataDirectory };
}
