import { join } from "node:path";
import type { InstanceConfig } from "../postgres/pool_config.ts";
import { EmbeddedError } from "./embedded_error.ts";
import type { WorkerReply, WorkerRequest } from "./embedded_worker.ts";
import { lockDirectory } from "./lock_directory.ts";
import { postgresMajor } from "./pglite_version.ts";
import { unpackSnapshot } from "./unpack_snapshot.ts";

/** How the embedded database is started. */
export interface StartEmbeddedOptions {
  /** Where it keeps its files; made when it does not exist. One process at a time. */
  readonly dataDirectory: string;
}

/** PostgreSQL inside this process. Disposing writes everything and stops it; close its clients before. */
export interface EmbeddedDatabase extends AsyncDisposable {
  /** The way to it, for `openPool`. */
  readonly instance: InstanceConfig;
}

const socketPrefix = "archway_socket_";

/** Leaves room for the socket's own name in the 103 bytes that macOS allows its path; Linux allows 107. */
const maxSocketDirectory = 85;

/**
 * Starts PGlite in a thread of its own and serves it on a private Unix socket. There is one session behind all
 * connections: transactions run one after the other, `statement_timeout` and cancellation do nothing. What was
 * committed survives the end of the process, however it ends; a loss of power may cost the last seconds.
 *
 * Throws when another process uses the directory, or when it holds another major version of PostgreSQL.
 */
export async function startEmbedded({ dataDirectory }: StartEmbeddedOptions): Promise<EmbeddedDatabase> {
  await using stack = new AsyncDisposableStack();
  await Deno.mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  stack.use(await lockDirectory(dataDirectory));
  // First, because the thread loads PGlite while the files are unpacked here.
  const thread = new Thread();
  stack.defer(() => thread.terminate());
  const compiled = compiledEngine();
  const cluster = join(await Deno.realPath(dataDirectory), "cluster");
  await prepareCluster(dataDirectory, cluster);

  const socketDirectory = await makeSocketDirectory(dataDirectory);
  stack.defer(() => Deno.remove(socketDirectory, { recursive: true }));
  const port = 5432;
  const socket = join(socketDirectory, `.s.PGSQL.${port}`);
  await thread.ask({ kind: "serve", options: { cluster, socket, engine: await compiled } });
  stack.defer(() => thread.ask({ kind: "stop" }));

  const access = { user: "postgres", password: "", database: "postgres", maxConnections: 5 };
  const opened = stack.move();
  return {
    instance: { host: socketDirectory, port, ...access },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** A short path for the socket, in a directory of this user alone (mode 0700). */
async function makeSocketDirectory(dataDirectory: string): Promise<string> {
  const note = join(dataDirectory, "socket");
  const earlier = await Deno.readTextFile(note).catch(() => undefined);
  // A process that was killed could not clear up after itself.
  if (earlier?.includes(socketPrefix)) await Deno.remove(earlier, { recursive: true }).catch(() => undefined);
  let directory = await Deno.makeTempDir({ prefix: socketPrefix });
  if (directory.length > maxSocketDirectory) {
    await Deno.remove(directory);
    directory = await Deno.makeTempDir({ prefix: socketPrefix, dir: "/tmp" });
  }
  await Deno.writeTextFile(note, directory);
  return directory;
}

async function prepareCluster(dataDirectory: string, cluster: string): Promise<void> {
  for await (const { name } of Deno.readDir(dataDirectory)) {
    // What a first start left that was ended in the middle.
    if (name.startsWith("cluster.")) await Deno.remove(join(dataDirectory, name), { recursive: true });
  }
  const version = await Deno.readTextFile(join(cluster, "PG_VERSION")).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  });
  if (version === undefined) return await unpackSnapshot(cluster);
  if (version.trim() !== postgresMajor) {
    throw new EmbeddedError(
      `The embedded database in ${dataDirectory} is of PostgreSQL ${version.trim()}, and this program has ` +
        `PostgreSQL ${postgresMajor}: dump it with the program that wrote it and load it into a new directory`,
    );
  }
}

let engine: Promise<WebAssembly.Module> | undefined;

/** PGlite's program, compiled once for every database of this process. */
function compiledEngine(): Promise<WebAssembly.Module> {
  if (engine === undefined) {
    const file = new URL("./pglite.wasm", import.meta.resolve("@electric-sql/pglite"));
    engine = Deno.readFile(file).then((bytes) => WebAssembly.compile(bytes));
    // Reported to the caller that awaits it.
    engine.catch(() => undefined);
  }
  return engine;
}

/** The worker, asked one thing at a time. */
class Thread {
  readonly #worker = new Worker(new URL("./embedded_worker.ts", import.meta.url), { type: "module" });
  #answer: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor() {
    this.#answer.promise.catch(() => undefined);
    this.#worker.onmessage = ({ data }: MessageEvent<WorkerReply>): void => {
      if (data.kind === "done") this.#answer.resolve();
      else this.#answer.reject(new EmbeddedError(`The embedded database failed: ${data.message}`));
    };
    this.#worker.onerror = (event): void => {
      // Else it would end the whole process.
      event.preventDefault();
      this.#answer.reject(new EmbeddedError(`The embedded database failed: ${event.message}`));
    };
  }

  async ask(request: WorkerRequest): Promise<void> {
    this.#worker.postMessage(request);
    await this.#answer.promise;
    this.#answer = Promise.withResolvers();
    this.#answer.promise.catch(() => undefined);
  }

  terminate(): void {
    this.#worker.terminate();
  }
}
