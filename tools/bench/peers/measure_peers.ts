import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import type { BenchRun } from "../bench_run.ts";
import { HttpServerProcess } from "../http_server_process.ts";
import { startBareServer, startService } from "../programs.ts";
import { progress } from "../progress.ts";
import { compareRows, CONTACTS, ROWS } from "../rows_scenario.ts";
import type { LoadSetting } from "../scenario.ts";
import { startBenchDatabase } from "../start_bench_database.ts";
import { installPeer, type Runtimes, runtimesOf } from "./install_peer.ts";
import { PEER_PROGRAMS, type PeerProgram } from "./peer_programs.ts";
import type { PeersReport } from "./peers_report.ts";
import { machineOf } from "./machine.ts";
import { probePeer } from "./probe_peer.ts";

/** Rows that are measured: three reads and two writes. */
export const PEER_ROWS = [
  "health",
  "one",
  "next",
  "create",
  "patch",
] as const satisfies readonly (keyof typeof ROWS)[];

/** Name of the program that the others are compared with: Deno.serve and postgres.js alone. */
const BASE = "bare Deno";

/** Variants of this project, with the variables that they are started with. */
const VARIANTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "Archway": { POSTGRES_DRIVER: "wire" },
  "Archway, no request log": { POSTGRES_DRIVER: "wire", LOG_LEVEL: "warning" },
  "Archway, postgres.js": { POSTGRES_DRIVER: "postgres.js" },
};

/** Names of everything that can be measured. */
export const PEER_NAMES: readonly string[] = [
  BASE,
  ...Object.keys(VARIANTS),
  ...PEER_PROGRAMS.map(({ name }) => name),
];

/** A program that can be put under load. */
interface Candidate {
  readonly versions: readonly string[];
  readonly isTrusting: boolean;
  start(port: number): Promise<HttpServerProcess>;
}

/** Options of {@link measurePeers}. */
interface MeasureOptions {
  /** Names of what is measured beside the base. */
  readonly names: readonly string[];
  readonly rows: readonly string[];
}

/** Installs, probes and measures peers on one database. One that cannot be installed or responds wrongly is left out. */
export async function measurePeers(
  run: BenchRun<LoadSetting>,
  { names, rows }: MeasureOptions,
): Promise<PeersReport> {
  const runtimes = runtimesOf(run.signal);
  const omitted: Record<string, string> = {};
  const candidates: Record<string, (database: InstanceConfig) => Candidate> = {};
  for (const name of PEER_NAMES.filter((name) => name === BASE || names.includes(name))) {
    const peer = PEER_PROGRAMS.find((peer) => peer.name === name);
    try {
      candidates[name] = peer === undefined
        ? ownProgram(name, run)
        : await peerProgram(peer, { run, runtimes });
    } catch (error) {
      run.signal.throwIfAborted();
      omitted[name] = error instanceof Error ? error.message : "it cannot be installed";
      progress(`Skipped: ${name}: ${omitted[name]}`);
    }
  }
  const { database, ids } = await startBenchDatabase(run);
  const servers: Record<string, HttpServerProcess> = {};
  const versions: Record<string, readonly string[]> = {};
  for (const [name, candidateOn] of Object.entries(candidates)) {
    run.signal.throwIfAborted();
    const candidate = candidateOn(database);
    progress(`Probing: ${name} (${candidate.versions.join(", ")})`);
    try {
      const server = run.stack.use(await candidate.start(freePort()));
      const { isTrusting } = candidate;
      const violations = await probePeer({ list: server.url(CONTACTS), id: ids[0] ?? "", isTrusting });
      if (violations.length > 0) {
        throw new Error(`its responses are not those expected: ${violations.join("; ")}`);
      }
      servers[name] = server;
      versions[name] = candidate.versions;
    } catch (error) {
      run.signal.throwIfAborted();
      omitted[name] = error instanceof Error ? error.message : "it does not start";
      progress(`Not measured: ${name}: ${omitted[name]}`);
    }
  }
  if (!(BASE in servers)) throw new Error(`Measuring failed: ${BASE} does not respond as expected`);
  const order = Object.keys(servers);
  const measured: Record<string, PeersReport["rows"][string]> = {};
  for (const row of PEER_ROWS.filter((row) => rows.includes(row))) {
    const results = await compareRows(run, { servers, ids, rows: [row], bases: order });
    measured[ROWS[row].label] = results.map((result, index) => ({ ...result, name: order[index] ?? "" }));
  }
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: await machineOf(),
    settings: run.settings,
    versions: { ...versions, PostgreSQL: [await postgresVersion(database)] },
    omitted,
    rows: measured,
  };
}

/** Returns a program of this project: the bare handler, or a variant of the service. */
function ownProgram(name: string, run: BenchRun): (database: InstanceConfig) => Candidate {
  const env = VARIANTS[name];
  const deno = `Deno ${Deno.version.deno}`;
  return (database) =>
    env === undefined
      ? { versions: [deno], isTrusting: true, start: () => startBareServer(database, run) }
      : {
        versions: [deno],
        isTrusting: false,
        // A service without a log does not report its port.
        start: (port) => startService(database, run, { env: { ...env, PORT: String(port) } }),
      };
}

/** Installs the program of a peer. */
async function peerProgram(
  peer: PeerProgram,
  { run: { signal }, runtimes }: { readonly run: BenchRun; readonly runtimes: Runtimes },
): Promise<(database: InstanceConfig) => Candidate> {
  progress(`Installing: ${peer.name}`);
  const { program, args, versions } = await installPeer(peer, { runtimes, signal });
  return ({ user, host, port: databasePort, database }) => ({
    versions,
    isTrusting: false,
    start: (port) =>
      HttpServerProcess.start({
        program,
        args: [...args],
        showErrors: true,
        env: {
          PORT: String(port),
          NODE_ENV: "production",
          DATABASE_URL: `postgres://${user}@${host}:${databasePort}/${database}?sslmode=disable`,
        },
      }),
  });
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function postgresVersion(database: InstanceConfig): Promise<string> {
  await using pool = openPool({ primary: database, replicas: [] });
  const { rows: [row] } = await pool.writer().query<{ server_version: string }>("show server_version");
  return row?.server_version ?? "unknown";
}
