import { respondToCommands } from "../child_process.ts";
import { HttpConnection, type Target } from "../http_connection.ts";

/** Command of the idle clients: connects as many as are missing, and returns how many connections are open. */
export interface IdleCommand {
  readonly target: Target;
  readonly count: number;
}

/** Connections that are made at the same time. */
const CONCURRENCY = 64;

const REQUEST = new TextEncoder().encode("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
const connections: HttpConnection[] = [];

/** Connects clients that send one request each, and then nothing. */
async function connect({ target, count }: IdleCommand): Promise<number> {
  let missing = count - connections.length;
  await Promise.all(Array.from({ length: CONCURRENCY }, async () => {
    while (missing-- > 0) {
      const connection = await HttpConnection.open(target, { bufferBytes: 1024 });
      await connection.exchange(REQUEST);
      connections.push(connection);
    }
  }));
  return connections.length;
}

// A process of its own, whose memory and files are in no measurement of the server.
if (import.meta.main) {
  await respondToCommands(connect);
  Deno.exit();
}
