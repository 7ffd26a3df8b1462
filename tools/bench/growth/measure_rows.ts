import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { compare, type Result } from "../compare.ts";
import { cursorPages } from "../deep_pages.ts";
import { type HttpServerProcess } from "../http_server_process.ts";
import { loadOn } from "../measure_process.ts";
import { startService } from "../programs.ts";
import { residentMegabytes } from "../resident_memory.ts";
import { CONTACTS } from "../rows_scenario.ts";
import type { Tables } from "../scenario.ts";
import { startBenchDatabase } from "../start_bench_database.ts";
import { creations, reads, type Workload } from "../workload.ts";
import { count, type GrowthRun } from "./growth_run.ts";

/** Number of rows of the table that the large one is compared with. */
const FEW = 10_000;

/** A service on a table with so many rows. */
interface Table {
  readonly rows: number;
  readonly server: HttpServerProcess;
  readonly database: InstanceConfig;
  readonly workloads: Readonly<Record<string, Workload>>;
}

/** The same requests on a small table and on a large one. */
export async function measureRows(run: GrowthRun): Promise<Tables> {
  const { settings: { contacts, connections } } = run;
  const tables = [await fill(run, FEW), await fill(run, contacts)];
  const results: Result[] = [];
  for (const row of Object.keys(tables[0]?.workloads ?? {})) {
    const variants = tables.map(({ rows, server, workloads }) => {
      const load = loadOn(run, { server, workload: workloads[row] ?? reads([CONTACTS]), connections });
      return {
        name: count(rows),
        measure: async (milliseconds: number) => ({
          ...await load(milliseconds),
          memoryAfterLoad: await residentMegabytes(server.pid),
        }),
      };
    });
    results.push(...await compare(run, variants, { row }));
  }
  const sizes = tables.map(({ rows, database }) => ({
    name: count(rows),
    warmsUp: false,
    measure: async () => ({ databaseBytes: await sizeOf(database) }),
  }));
  const once = { ...run, settings: { ...run.settings, rounds: 1 } };
  return { "Rows": results, "Size": await compare(once, sizes, { compared: ["databaseBytes"] }) };
}

async function fill(run: GrowthRun, rows: number): Promise<Table> {
  const secret = crypto.randomUUID();
  const { database, ids } = await startBenchDatabase(run, {
    contacts: rows,
    settings: { shared_buffers: "256MB", max_wal_size: "1GB", maintenance_work_mem: "512MB" },
  });
  const server = await startService(database, run, { env: { HMAC_SECRET: secret } });
  const pages = Object.values(
    await cursorPages({ database, server, secret, depths: [Math.floor(rows / 2)] }),
  );
  const workloads = {
    "by id": reads(ids.map((id) => `${CONTACTS}/${id}`)),
    "first page": reads([CONTACTS]),
    "page in the middle": reads(pages.flat()),
    "of a name that one in four has": reads([`${CONTACTS}?name=a`]),
    "of a name that none has": reads([`${CONTACTS}?name=none`]),
    "create": creations(CONTACTS),
  };
  return { rows, server, database, workloads };
}

async function sizeOf(database: InstanceConfig): Promise<number> {
  await using pool = openPool({ primary: database, replicas: [] });
  const { rows: [row] } = await pool.writer().query<{ bytes: bigint }>(
    "select pg_total_relation_size('contacts') as bytes",
  );
  return Number(row?.bytes ?? NaN);
}
