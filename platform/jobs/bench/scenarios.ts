import { basename, join } from "node:path";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { PROJECT_ROOT } from "@archway/program/project.ts";
import type { PostgresServer } from "@archway/tools/support/postgres/postgres_server.ts";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import type { BenchRun } from "@archway/tools/bench/bench_run.ts";
import { ChildProcess } from "@archway/tools/bench/child_process.ts";
import { compare, type Variant } from "@archway/tools/bench/compare.ts";
import type { Sample } from "@archway/tools/bench/metrics.ts";
import { familyProcessorTime, processorTime } from "@archway/tools/bench/processor_time.ts";
import { progress } from "@archway/tools/bench/progress.ts";
import type { QueueCommand, QueueResult } from "@archway/tools/bench/queues/bench_queue.ts";
import { type LoadSetting, loadSettings, type Scenario } from "@archway/tools/bench/scenario.ts";

type JobSetting = LoadSetting | "jobs" | "backlog";

/** A peer: its program, the package that it loads, and its tables of jobs. */
interface Peer {
  readonly name: string;
  /** Path of the program, from the root of the project. */
  readonly program: string;
  /** Undefined for this project. */
  readonly specifier?: string;
  readonly tables: string;
}

const PEERS: readonly Peer[] = [
  { name: "archway", program: "platform/jobs/bench/archway_jobs.ts", tables: "jobs" },
  {
    name: "graphile-worker",
    program: "tools/bench/queues/graphile_worker.ts",
    specifier: "npm:graphile-worker@0.18.0",
    tables: "graphile_worker._private_jobs, graphile_worker._private_job_queues",
  },
  {
    name: "pg-boss",
    program: "tools/bench/queues/pg_boss.ts",
    specifier: "npm:pg-boss@12.38.0",
    tables: "pgboss.job",
  },
];

const BASES = ["graphile-worker", "pg-boss"];
const BATCH = 100;

/** Rows: a load of callers that enqueue, or a number of waiting jobs that a worker runs. */
const ROWS = {
  enqueue: { row: "enqueue", size: 1 },
  batches: { row: `enqueue ${BATCH} at once`, size: BATCH },
  run: { row: "run", waiting: "jobs" },
  backlog: { row: "run with a backlog", waiting: "backlog" },
} as const;

const jobs: Scenario<JobSetting> = {
  name: "jobs",
  description: "jobs beside graphile-worker and pg-boss on the same PostgreSQL server",
  parts: Object.keys(ROWS),
  settings: {
    ...loadSettings({ rounds: 5, seconds: 2, connections: 16 }),
    jobs: { default: 20_000, min: 100, max: 1_000_000, whole: true, help: "jobs that a worker runs" },
    backlog: {
      default: 100_000,
      min: 100,
      max: 10_000_000,
      whole: true,
      help: "waiting jobs of the backlog",
    },
  },
  measure: async (run) => {
    progress("Starting PostgreSQL and the queues");
    const server = run.stack.use(await startPostgres({ tcp: true, settings: { autovacuum: "off" } }));
    const queues: QueueProcess[] = [];
    for (const peer of PEERS) queues.push(await QueueProcess.start(peer, server, run));
    const results = [];
    for (const [part, row] of Object.entries(ROWS)) {
      if (!run.parts.includes(part)) continue;
      const variants = queues.map((queue) => queue.variant(row, run));
      const compared = ["processorTime", "databaseTime", "jobsPerSecond"] as const;
      results.push(...await compare(run, variants, { row: row.row, bases: BASES, compared }));
    }
    return { "": results };
  },
};

/** Scenarios of jobs. */
export const scenarios: readonly Scenario[] = [jobs];

/** Program that has a queue, in a database of its own. */
class QueueProcess {
  readonly #peer: Peer;
  readonly #server: PostgresServer;
  readonly #database: InstanceConfig;
  readonly #child: ChildProcess;

  private constructor(
    peer: Peer,
    options: {
      readonly server: PostgresServer;
      readonly database: InstanceConfig;
      readonly child: ChildProcess;
    },
  ) {
    this.#peer = peer;
    this.#server = options.server;
    this.#database = options.database;
    this.#child = options.child;
  }

  static async start(peer: Peer, server: PostgresServer, { stack }: BenchRun): Promise<QueueProcess> {
    const name = basename(peer.program, ".ts");
    const { maxConnections } = await server.createDatabase(name);
    const database = { ...server.tcpInstance, database: name, maxConnections };
    const { user, host, port } = database;
    // Other queues are not in the lock file of the project, whose packages every user of the service downloads.
    const isolated = [
      "--no-config",
      "--frozen",
      `--lock=${join(PROJECT_ROOT, "tools/bench/locks/queues.lock")}`,
    ];
    const child = stack.use(
      new ChildProcess({
        args: [
          ...peer.specifier === undefined ? [] : isolated,
          ...["--allow-net", "--allow-env", "--allow-sys", "--allow-read"],
          join(PROJECT_ROOT, peer.program),
          `postgres://${user}@${host}:${port}/${name}`,
          ...peer.specifier === undefined ? [] : [peer.specifier],
        ],
        showErrors: true,
      }),
    );
    // Ready once it responds.
    await child.request({ action: "fill", jobs: 0 });
    return new QueueProcess(peer, { server, database, child });
  }

  variant(row: typeof ROWS[keyof typeof ROWS], { settings }: BenchRun<JobSetting>): Variant {
    return {
      name: this.#peer.name,
      measure: async (milliseconds) => {
        await this.#empty();
        if ("size" in row) {
          const callers = settings.connections;
          return await this.#measure({ action: "enqueue", milliseconds, callers, size: row.size });
        }
        await this.#child.request({ action: "fill", jobs: settings[row.waiting] });
        await this.#statement("vacuum analyze");
        return await this.#measure({ action: "run", jobs: settings.jobs });
      },
    };
  }

  async #measure(command: QueueCommand): Promise<Sample> {
    const postmaster = await this.#server.pid();
    const before = [await processorTime(this.#child.pid), await familyProcessorTime(postmaster)];
    const { jobs, seconds } = await this.#child.request<QueueResult>(command);
    const after = [await processorTime(this.#child.pid), await familyProcessorTime(postmaster)];
    const [processor, database] = after.map((time, index) => {
      const begun = before[index];
      return time === undefined || begun === undefined ? undefined : (time - begun) / jobs;
    });
    return { processorTime: processor, databaseTime: database, jobsPerSecond: jobs / seconds };
  }

  /** Removes all jobs, and what vacuum would have: autovacuum would interfere with a round. */
  async #empty(): Promise<void> {
    await this.#statement(`truncate ${this.#peer.tables}`);
    await this.#statement("vacuum analyze");
  }

  async #statement(text: string): Promise<void> {
    const primary = { ...this.#database, maxConnections: 1 };
    await using pool = openPool({ primary, replicas: [], statementTimeoutMs: 0 });
    await pool.writer().query(text);
  }
}
