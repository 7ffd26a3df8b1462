import type { DriverName, InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { HttpServerProcess } from "@archway/tools/bench/http_server_process.ts";
import { seedContacts } from "@archway/tools/bench/seed_contacts.ts";
import type { PostgresServer } from "@archway/tools/support/postgres/postgres_server.ts";
import type { StandbyServer } from "@archway/tools/support/postgres/standby_server.ts";
import { SilentProxy } from "@archway/tools/support/postgres/silent_proxy.ts";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { startStandby } from "@archway/tools/support/postgres/start_standby.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { locateValkey } from "@archway/tools/support/valkey/locate_valkey.ts";
import { startValkey, type Valkey } from "@archway/tools/support/valkey/start_valkey.ts";
import { FIXTURE_PROGRAM } from "@archway/tools/support/program.ts";
import { resolve } from "node:path";

const MAIN = resolve(import.meta.dirname ?? ".", "../..", FIXTURE_PROGRAM);

/** Database of the service. */
export const DATABASE = "soak";
const CONTACTS = 20_000;
const SAMPLE = 4096;

/** Maximum time until the service has connected to all of them. */
const START_MS = 60_000;

/** Maximum number of pool connections of the service to each server. */
export const POOL_SIZE = 10;

/** Service and its dependencies. Disposing ends them. */
export interface SoakHarness extends AsyncDisposable {
  readonly service: HttpServerProcess;
  readonly metricsUrl: string;
  readonly primary: PostgresServer;
  /** Network between the service and the primary. */
  readonly primaryNetwork: SilentProxy;
  readonly standby: StandbyServer;
  /** Undefined if it is not installed. */
  readonly store: Valkey | undefined;
  /** Ids of existing contacts. */
  readonly ids: readonly string[];
}

/** Starts a primary, a standby, a rate-limit store and the service, as in production. */
export async function startHarness(driver: DriverName, signal: AbortSignal): Promise<SoakHarness> {
  await using stack = new AsyncDisposableStack();
  const primary = stack.use(await startPostgres({ tcp: true }));
  const database = { ...await primary.createDatabase(DATABASE), host: "127.0.0.1", driver };
  const ids = await seedContacts(database, { sampleSize: SAMPLE, count: CONTACTS, signal });
  const standby = stack.use(await startStandby(primary, { tcp: true }));
  await standby.catchUp(primary);
  const store = await locateValkey() === undefined ? undefined : stack.use(await startValkey());
  const primaryNetwork = stack.use(new SilentProxy(database));
  const env = {
    ...postgresEnvironment(primaryNetwork.instance),
    ...replicaEnvironment(standby.tcpInstance),
    HOST: "127.0.0.1",
    PORT: "0",
    ADMIN_PORT: "0",
    POSTGRES_PRIMARY_POOL_MAX_CONNS: String(POOL_SIZE),
    // As with public clients: slow-client protection is active.
    SLOW_CLIENT_GUARD: "on",
    // Requests are counted, but none exceeds the limit.
    RATE_LIMIT: "1000000/1m",
    ...(store && { RATE_LIMIT_URL: store.url }),
  };
  const service = stack.use(await HttpServerProcess.start({ args: ["-P", MAIN], env, showErrors: true }));
  const { metricsUrl } = service;
  if (metricsUrl === undefined) throw new Error("The service did not report the URL of its metrics");
  await service.untilHealthy(AbortSignal.any([signal, AbortSignal.timeout(START_MS)]));
  const owned = stack.move();
  return {
    service,
    metricsUrl,
    primary,
    primaryNetwork,
    standby,
    store,
    ids,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function replicaEnvironment({ host, port }: InstanceConfig): Readonly<Record<string, string>> {
  return {
    POSTGRES_REPLICA_0_HOST: host,
    POSTGRES_REPLICA_0_PORT: String(port),
    POSTGRES_REPLICA_0_POOL_MAX_CONNS: String(POOL_SIZE),
  };
}
