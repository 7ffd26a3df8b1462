import { TestIssuer } from "@archway/server/auth/testing/test_issuer.ts";
import { freePort } from "../support/free_port.ts";
import { execute } from "../support/postgres/execute.ts";
import type { PostgresServer } from "../support/postgres/postgres_server.ts";
import { SilentProxy } from "../support/postgres/silent_proxy.ts";
import type { StandbyServer } from "../support/postgres/standby_server.ts";
import { startPostgres } from "../support/postgres/start_postgres.ts";
import { startStandby } from "../support/postgres/start_standby.ts";
import { postgresEnvironment } from "../support/postgres_environment.ts";
import { Program, untilReady } from "../support/program.ts";
import { type FakeClock, openFakeClock } from "./fake_time.ts";

/** Settings with which a lost server is noticed within seconds, and a busy machine sheds no load. */
const SETTINGS = {
  ADMISSION_MAX_DELAY: "0s",
  POSTGRES_ACQUIRE_TIMEOUT: "3s",
  POSTGRES_QUEUE_TIMEOUT: "3s",
  POSTGRES_CONNECT_TIMEOUT: "2s",
  POSTGRES_STATEMENT_TIMEOUT: "5s",
  POSTGRES_REPLICA_PROBE_TIMEOUT: "2s",
  POSTGRES_REPLICA_MAX_LAG: "10m",
};

/** Options of a {@link Cluster}. */
export interface ClusterOptions {
  /** Main module, relative to the root of the project. */
  readonly main: string;
  /**
   * Whether commits do not wait for the standby, and failovers promote one that is behind: they lose acknowledged writes.
   *
   * @default {false}
   */
  readonly isAsynchronous?: boolean;
  /** Further settings of the programs. @default {{}} */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Two programs of one service, the first with two processes and the second with a clock of its own, a primary with a
 * synchronous standby that serves reads, and networks that can become silent. Disposing ends all of them.
 */
export class Cluster implements AsyncDisposable {
  readonly urls: readonly [string, string];
  readonly issuer: TestIssuer;
  readonly clock: FakeClock | undefined;
  readonly primaryNetwork: SilentProxy;
  readonly replicaNetwork: SilentProxy;
  primary: PostgresServer;
  standby: StandbyServer;
  #programs: Program[] = [];
  readonly #options: ClusterOptions;
  readonly #ports: readonly [number, number];

  private constructor(
    options: ClusterOptions,
    { primary, standby, issuer, clock }: Pick<Cluster, "primary" | "standby" | "issuer" | "clock">,
  ) {
    this.#options = options;
    this.primary = primary;
    this.standby = standby;
    this.issuer = issuer;
    this.clock = clock;
    this.primaryNetwork = new SilentProxy(primary.tcpInstance);
    this.replicaNetwork = new SilentProxy(standby.tcpInstance);
    this.#ports = [freePort(), freePort()];
    this.urls = [`http://127.0.0.1:${this.#ports[0]}`, `http://127.0.0.1:${this.#ports[1]}`];
  }

  /** Starts all of it. */
  static async start(options: ClusterOptions): Promise<Cluster> {
    const primary = await startPostgres({ durable: true, tcp: true });
    const standby = await startStandby(primary, { durable: true, tcp: true });
    const [issuer, clock] = [await TestIssuer.start(), await openFakeClock()];
    const cluster = new Cluster(options, { primary, standby, issuer, clock });
    try {
      await cluster.#waitForStandby();
      for (const index of [0, 1] as const) {
        cluster.#start(index);
        await cluster.#untilReady(index);
      }
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Returns the process ids of the first program's processes. */
  async workers(): Promise<readonly number[]> {
    const args = ["-o", "pid=,args=", "--ppid", String(this.#programs[0]?.pid)];
    const { stdout } = await new Deno.Command("ps", { args }).output();
    return [...new TextDecoder().decode(stdout).matchAll(/^\s*(\d+) .* --worker \d+\/\d+$/gm)]
      .map(([, pid]) => Number(pid));
  }

  /** Kills the second program and starts it again. */
  async restartSecond(): Promise<void> {
    await this.#programs[1]?.kill();
    this.#start(1);
  }

  /** Kills the primary, promotes the standby, and starts another standby of it. */
  async failOver(): Promise<void> {
    const [former, promoted] = [this.primary, this.standby];
    if (this.#options.isAsynchronous) await stopReplication(promoted);
    else {
      // A commit whose wait for a lost standby was cancelled is acknowledged without it.
      await this.#waitForStandby();
      await promoted.catchUp(former);
    }
    await former.kill();
    await promoted.promote();
    this.primary = promoted;
    this.primaryNetwork.moveTo(promoted.tcpInstance);
    this.standby = await startStandby(promoted, { durable: true, tcp: true });
    await this.#waitForStandby();
    this.replicaNetwork.forget();
    this.replicaNetwork.closeSilenced();
    this.replicaNetwork.moveTo(this.standby.tcpInstance);
    await former[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const program of this.#programs) await program[Symbol.asyncDispose]();
    for (const network of [this.primaryNetwork, this.replicaNetwork]) await network[Symbol.asyncDispose]();
    // Both are one after a failover that failed.
    for (const server of new Set([this.standby, this.primary])) await server[Symbol.asyncDispose]();
    await this.issuer[Symbol.asyncDispose]();
    await this.clock?.[Symbol.asyncDispose]();
  }

  async #untilReady(index: 0 | 1): Promise<void> {
    await this.#programs[index]?.url;
    await untilReady(this.urls[index]);
  }

  /** Makes every commit wait for the standby, so that a failover loses none that was acknowledged. */
  async #waitForStandby(): Promise<void> {
    if (this.#options.isAsynchronous) return;
    const { instance } = this.primary;
    await execute(instance, "ALTER SYSTEM SET synchronous_standby_names = '*'");
    await execute(instance, "SELECT pg_reload_conf()");
    const isSynchronous = "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'";
    while ((await execute(instance, isSynchronous)).length === 0) await pause(50);
  }

  #start(index: 0 | 1): void {
    const { host, port } = this.replicaNetwork.instance;
    this.#programs[index] = new Program(
      {
        ...postgresEnvironment(this.primaryNetwork.instance),
        ...SETTINGS,
        ...this.#options.settings,
        POSTGRES_REPLICA_0_HOST: host,
        POSTGRES_REPLICA_0_PORT: String(port),
        MIGRATE_ON_START: "true",
        PORT: String(this.#ports[index]),
        AUTH_MODE: "jwt",
        AUTH_JWKS_URL: this.issuer.url.href,
        AUTH_ISSUER: this.issuer.issuer,
        AUTH_AUDIENCE: TestIssuer.audience,
        ...(index === 0 ? { WORKERS: "2" } : this.clock?.environment),
      },
      [],
      { main: this.#options.main, ...(index === 0 && { permissions: "workers" }) },
    );
  }
}

/** Time in which a standby that receives nothing falls behind, in milliseconds. */
const BEHIND_MS = 1_000;

/** Lets a standby fall behind its primary, of which it receives nothing any more. */
async function stopReplication({ instance }: StandbyServer): Promise<void> {
  await execute(instance, "ALTER SYSTEM SET primary_conninfo = ''");
  await execute(instance, "SELECT pg_reload_conf()");
  while ((await execute(instance, "SELECT 1 FROM pg_stat_wal_receiver")).length > 0) await pause(50);
  await pause(BEHIND_MS);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
