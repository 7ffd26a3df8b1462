import { concatBytes } from "./concat_bytes.ts";
import { EngineSupervisor } from "./engine_supervisor.ts";
import { executeMessages } from "./frontend_messages.ts";
import { type SessionStatus, sessionStatus } from "./session_status.ts";
import { SocketServer } from "./socket_server.ts";
import { vacuumOne } from "./vacuum.ts";
import { WalLimit } from "./wal_limit.ts";

/** Options of {@link serveCluster}. */
export interface ServeClusterOptions {
  /** Initialized data directory of PGlite's version. */
  readonly cluster: string;
  /** Path of the Unix socket. */
  readonly socket: string;
  /** Compiled WebAssembly module of PGlite. */
  readonly module: WebAssembly.Module;
  /**
   * Interval between two checks for tables to vacuum, in milliseconds.
   *
   * @default 60_000
   */
  readonly maintenanceMs?: number;
  /** Statements that every connection runs, as `openPool` does with its own. */
  readonly sessionSql?: string | undefined;
}

/** Dependencies of {@link serveCluster}. */
export interface ServeClusterDependencies {
  /** Called when the engine aborts or runs again, with a message for the log. */
  readonly onMessage: (message: string) => void;
}

/** Opens PGlite on a data directory and serves it on a Unix socket. Disposing flushes and closes it. */
export async function serveCluster(
  { cluster, socket, module, maintenanceMs = 60_000, sessionSql }: ServeClusterOptions,
  { onMessage }: ServeClusterDependencies,
): Promise<AsyncDisposable> {
  const startup = startupMessage();
  const engine = await EngineSupervisor.open({
    ...{ cluster, module, startup, onMessage },
    // Clients rely on the session, with its prepared statements and open transaction.
    onAbort: () => server.disconnect(),
    onReopened: () => wal.checkpointed(),
  });
  const wal = new WalLimit(cluster);
  const checkpoint = async (status: SessionStatus): Promise<void> => {
    await engine.execute(checkpointMessages(status));
    wal.checkpointed();
  };
  const execute = async (messages: Uint8Array): Promise<Uint8Array> => {
    const response = await engine.execute(messages);
    const status = sessionStatus(response);
    // In a transaction too, which may be a long import. A failed one accepts no statement.
    if ((status === "I" || status === "T") && wal.use()) await checkpoint(status);
    return response;
  };
  const server = new SocketServer(socket, { execute, greeting: await execute(startup), sessionSql });
  const maintenance = setInterval(() => {
    server.exclusive(async () => {
      if (wal.isDue()) await checkpoint("I");
      await vacuumOne((text) => engine.query(text));
    }).catch(() => undefined);
  }, maintenanceMs);
  return {
    async [Symbol.asyncDispose](): Promise<void> {
      clearInterval(maintenance);
      await server[Symbol.asyncDispose]();
      // After maintenance that is running.
      await server.exclusive(() => checkpoint("I"));
      await engine.close();
    },
  };
}

/** Returns the messages of a checkpoint, which a role of the transaction may not be allowed to make. */
function checkpointMessages(status: SessionStatus): Uint8Array {
  const name = "archway_checkpoint";
  const statements = status === "T"
    ? [`SAVEPOINT ${name}`, "CHECKPOINT", `ROLLBACK TO SAVEPOINT ${name}`, `RELEASE SAVEPOINT ${name}`]
    : ["CHECKPOINT"];
  return concatBytes(statements.flatMap((text) => executeMessages(name, text)));
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
