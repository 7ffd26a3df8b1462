import { join } from "node:path";
import { freePort } from "../managed_process.ts";
import type { PostgresServer, PreparedServer } from "./postgres_server.ts";

/** Starts a server that was prepared, at another port where somebody else has taken the one it was to have. */
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
      // Anything else is no use to try again.
      const isTaken = (await server.log()).includes(`already running on port ${prepared.instance.port}?`);
      if (!isTaken) throw error;
    }
    prepared = await move(prepared);
  }
}

async function move({ instance, dataDirectory }: PreparedServer): Promise<PreparedServer> {
  const port = freePort();
  // What is said last holds.
  await Deno.writeTextFile(join(dataDirectory, "postgresql.auto.conf"), `port = '${port}'\n`, {
    append: true,
  });
  return { instance: { ...instance, port }, dataDirectory };
}
