import { PGlite } from "@electric-sql/pglite";
import { citext } from "@electric-sql/pglite/contrib/citext";
import { concatBytes } from "./concat_bytes.ts";
import { queryMessage } from "./frontend_messages.ts";
import { SocketServer } from "./socket_server.ts";

/** Options of {@link serveCluster}. */
export interface ServeClusterOptions {
  /** Initialized data directory of PGlite's version. */
  readonly cluster: string;
  /** Path of the Unix socket. */
  readonly socket: string;
  /** Compiled WebAssembly module of PGlite. */
  readonly engine: WebAssembly.Module;
}

/** Opens PGlite on a data directory and serves it on a Unix socket. Disposing flushes and closes it. */
export async function serveCluster(
  { cluster, socket, engine }: ServeClusterOptions,
): Promise<AsyncDisposable> {
  const database = await PGlite.create({
    dataDir: cluster,
    pgliteWasmModule: engine,
    extensions: { citext },
  });
  const execute = (messages: Uint8Array): Promise<Uint8Array> => executeOn(database, messages);
  const server = new SocketServer(socket, { execute, greeting: await execute(startupMessage()) });
  return {
    async [Symbol.asyncDispose](): Promise<void> {
      await server[Symbol.asyncDispose]();
      await execute(queryMessage("CHECKPOINT"));
      await database.close();
    },
  };
}

/** Executes messages and returns the complete response. */
async function executeOn(database: PGlite, messages: Uint8Array): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  await database.execProtocolRawStream(messages, {
    // No sync is needed on a directory of the disk: the operating system has what was written.
    syncToFs: false,
    onRawData: (data) => {
      // PGlite reuses the buffer.
      chunks.push(data.slice());
    },
  });
  return concatBytes(chunks);
}

function startupMessage(): Uint8Array {
  const body = new TextEncoder().encode("user\0postgres\0database\0postgres\0\0");
  const message = new Uint8Array(8 + body.length);
  const view = new DataView(message.buffer);
  view.setUint32(0, message.length);
  view.setUint32(4, 3 << 16);
  message.set(body, 8);
  return message;
}
