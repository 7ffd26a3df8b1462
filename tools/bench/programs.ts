import { join, resolve } from "node:path";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { FIXTURE_PROGRAM } from "../support/program.ts";
import { ChildProcess } from "./child_process.ts";
import { HttpServerProcess } from "./http_server_process.ts";
import type { LoadCommand, LoadReport } from "./load_generator.ts";
import type { LoadResult } from "./run_load.ts";

const ROOT = join(import.meta.dirname ?? ".", "../..");

/** The permissions of the yardstick and of the load generator. */
const LOOPBACK = "--allow-net=127.0.0.1";

/** Which database the service keeps its data in: a PostgreSQL server, or the one inside it. */
export type ServiceDatabase = InstanceConfig | { readonly embedded: string };

/** How a service is started. */
export interface ServiceOptions {
  /** Main module, from the root of the project. @default FIXTURE_PROGRAM */
  readonly main?: string;
  /** Servers that follow the database and take reads. */
  readonly replicas?: readonly InstanceConfig[];
  /** What cursors are signed with; absent: something random. */
  readonly secret?: string;
  /** Variables that configure it, beside those of the database. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The variables that make the service keep its data on a server. */
export function serviceEnvironment(database: InstanceConfig): Readonly<Record<string, string>> {
  return {
    POSTGRES_PRIMARY_HOST: database.host,
    POSTGRES_PRIMARY_PORT: String(database.port),
    POSTGRES_PRIMARY_USER: database.user,
    // The server trusts whoever reaches it, but the service wants a password to be set.
    POSTGRES_PRIMARY_PASSWORD: database.password || "unused",
    POSTGRES_PRIMARY_DATABASE: database.database,
    POSTGRES_PRIMARY_POOL_MAX_CONNS: String(database.maxConnections),
    MIGRATE_ON_START: "true",
    HMAC_SECRET: crypto.randomUUID(),
    AUTH_MODE: "none",
    RATE_LIMIT: "off",
  };
}

/** Starts a service as `deno task start` does. */
export function startService(
  database: ServiceDatabase,
  { main = FIXTURE_PROGRAM, replicas = [], secret = crypto.randomUUID(), env: more = {} }: ServiceOptions =
    {},
): Promise<HttpServerProcess> {
  const env: Record<string, string> = { HOST: "127.0.0.1", PORT: "0", ...more };
  if ("embedded" in database) env["EMBEDDED_DATA_DIR"] = database.embedded;
  else Object.assign(env, serviceEnvironment(database), { HMAC_SECRET: secret });
  replicas.forEach(({ host, port, maxConnections }, index) => {
    env[`POSTGRES_REPLICA_${index}_HOST`] = host;
    env[`POSTGRES_REPLICA_${index}_PORT`] = String(port);
    env[`POSTGRES_REPLICA_${index}_POOL_MAX_CONNS`] = String(maxConnections);
  });
  return HttpServerProcess.start({ args: ["-P", resolve(ROOT, main)], env });
}

/** Starts the bare handler on the same database. */
export function startBareServer(database: InstanceConfig): Promise<HttpServerProcess> {
  // The driver asks for the PG… variables while it is loaded; none of them is set.
  const permissions = [LOOPBACK, "--allow-env", "--allow-sys"];
  const file = join(import.meta.dirname ?? ".", "bare_server.ts");
  return HttpServerProcess.start({ args: [...permissions, file, JSON.stringify(database)] });
}

/** Puts servers under load, from a process of its own. */
export class LoadGenerator implements AsyncDisposable {
  readonly #process = new ChildProcess({
    args: [LOOPBACK, join(import.meta.dirname ?? ".", "load_generator.ts")],
  });

  /** Rejects when a connection broke, and when anything was answered with another status than 2xx and those expected. */
  async run(command: LoadCommand, { expected = [] }: { readonly expected?: readonly number[] } = {}): Promise<
    LoadResult
  > {
    await this.#process.writeLine(JSON.stringify(command));
    const report: LoadReport = JSON.parse(await this.#process.readLine());
    if ("failure" in report) throw new Error(`The load failed: ${report.failure}`);
    const others = Object.entries(report.result.otherStatuses)
      .filter(([status]) => !expected.includes(Number(status)));
    if (others.length > 0) {
      const list = others.map(([status, count]) => `${count} times ${status}`).join(", ");
      throw new Error(`The load failed: the server answered ${list}`);
    }
    return report.result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }
}
