import { join } from "node:path";
import type { InstanceConfig } from "../postgres/pool_config.ts";
import { withDirectoryErrors } from "./directory_errors.ts";
import { EmbeddedError } from "./embedded_error.ts";
import type { WorkerReply, WorkerRequest } from "./embedded_worker.ts";
import { lockDirectory } from "./lock_directory.ts";
import { postgresMajor } from "./pglite_version.ts";
import { makeSocketDirectory, socketName } from "./socket_directory.ts";
import { unpackSnapshot } from "./unpack_snapshot.ts";

/** Options of {@link startEmbedded}. */
export interface StartEmbeddedOptions {
  /** Directory of the database files, created if missing. One process at a time. */
  readonly dataDirectory: string;
  /**
   * Interval between two checks for tables to vacuum, in milliseconds.
   *
   * @default 60_000
   */
  readonly maintenanceMs?: number;
  /** Statements that every connection runs, as `openPool` does with its own. */
  readonly sessionSql?: string | undefined;
  /** Called when PostgreSQL aborts or runs again, with a message for the log that has no statements. */
  readonly onMessage?: (message: string) => void;
  /** Whether other processes may use it meanwhile, see {@link joinEmbedded}. @default {false} */
  readonly isShared?: boolean;
}

/** PostgreSQL inside this process. Disposing flushes and stops it; close its clients first. */
export interface EmbeddedDatabase extends AsyncDisposable {
  /** Connection configuration for `openPool`. */
  readonly instance: InstanceConfig;
}

/**
 * Starts PGlite in a worker thread and serves it on a private Unix socket. All connections share one session:
 * transactions run sequentially, `statement_timeout` and cancellation have no effect. Committed data survives a crash
 * of the process; a power failure may lose the last seconds.
 *
 * @throws {EmbeddedError} when another process uses the directory or it has another major version of PostgreSQL.
 */
export async function startEmbedded(
  { dataDirectory, onMessage = (): void => {}, isShared = false, maintenanceMs, sessionSql }:
    StartEmbeddedOptions,
): Promise<EmbeddedDatabase> {
  await using stack = new AsyncDisposableStack();
  await withDirectoryErrors(dataDirectory, () => Deno.mkdir(dataDirectory, { recursive: true, mode: 0o700 }));
  stack.use(await withDirectoryErrors(dataDirectory, () => lockDirectory(dataDirectory)));
  // First, since the thread loads PGlite while the files are unpacked here.
  const thread = new Thread(onMessage);
  stack.defer(() => thread.terminate());
  const compiled = compiledEngine();
  const cluster = join(await Deno.realPath(dataDirectory), "cluster");
  await withDirectoryErrors(dataDirectory, () => prepareCluster(dataDirectory, cluster));

  const socketDirectory = await withDirectoryErrors(
    dataDirectory,
    () => makeSocketDirectory(dataDirectory, { isShared }),
  );
  stack.defer(() => Deno.remove(socketDirectory, { recursive: true }));
  const instance = instanceAt(socketDirectory);
  const socket = socketOf(instance);
  const options = {
    ...{ cluster, socket, sessionSql, module: await compiled },
    ...(maintenanceMs === undefined ? {} : { maintenanceMs }),
  };
  await thread.request({ kind: "serve", options });
  stack.defer(() => thread.request({ kind: "stop" }));

  const opened = stack.move();
  return {
    instance,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Returns the connection configuration of a database by the directory of its socket. */
export function instanceAt(host: string): InstanceConfig {
  const access = { user: "postgres", password: "", database: "postgres", maxConnections: 5 };
  return { host, port: 5432, ...access, takesCopy: false };
}

/** Returns the path of its socket. */
export function socketOf({ host, port }: InstanceConfig): string {
  return join(host, socketName(port));
}

async function prepareCluster(dataDirectory: string, cluster: string): Promise<void> {
  for await (const { name } of Deno.readDir(dataDirectory)) {
    // Left over from a first start that was interrupted.
    if (name.startsWith("cluster.")) await Deno.remove(join(dataDirectory, name), { recursive: true });
  }
  const version = await Deno.readTextFile(join(cluster, "PG_VERSION")).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  });
  if (version === undefined) return await unpackSnapshot(cluster);
  if (version.trim() !== postgresMajor) {
    throw new EmbeddedError(
      `The embedded database in ${dataDirectory} was created by PostgreSQL ${version.trim()}, but this program contains ` +
        `PostgreSQL ${postgresMajor}: dump it with the program that created it (db dump), and restore it into a new ` +
        "directory (db restore)",
    );
  }
}

let engine: Promise<WebAssembly.Module> | undefined;

/** Compiles PGlite's WebAssembly module once per process. */
function compiledEngine(): Promise<WebAssembly.Module> {
  if (engine === undefined) {
    const file = new URL("./pglite.wasm", import.meta.resolve("@electric-sql/pglite"));
    engine = Deno.readFile(file).then((bytes) => WebAssembly.compile(bytes));
    // Reported to the caller that awaits it.
    engine.catch(() => undefined);
  }
  return engine;
}

/** Worker thread that handles one request at a time. */
class Thread {
  readonly #worker = new Worker(new URL("./embedded_worker.ts", import.meta.url), { type: "module" });
  #reply: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(onMessage: (message: string) => void) {
    this.#reply.promise.catch(() => undefined);
    this.#worker.onmessage = ({ data }: MessageEvent<WorkerReply>): void => {
      if (data.kind === "message") onMessage(data.message);
      else if (data.kind === "done") this.#reply.resolve();
      else this.#reply.reject(new EmbeddedError(`The embedded database failed: ${data.message}`));
    };
    this.#worker.onerror = (event): void => {
      // An unhandled error would terminate the whole process.
      event.preventDefault();
      this.#reply.reject(new EmbeddedError(`The embedded database failed: ${event.message}`));
    };
  }

  async request(message: WorkerRequest): Promise<void> {
    this.#worker.postMessage(message);
    await this.#reply.promise;
    this.#reply = Promise.withResolvers();
    this.#reply.promise.catch(() => undefined);
  }

  terminate(): void {
    this.#worker.terminate();
  }
}
