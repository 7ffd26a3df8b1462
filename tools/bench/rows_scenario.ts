import type { BenchRun } from "./bench_run.ts";
import { compare, type CompareOptions, type Result } from "./compare.ts";
import type { HttpServerProcess } from "./http_server_process.ts";
import { loadOn } from "./measure_process.ts";
import { startBareServer, startService } from "./programs.ts";
import { type LoadSetting, loadSettings, type Scenario } from "./scenario.ts";
import { startBenchDatabase } from "./start_bench_database.ts";
import { creations, patches, reads, type Workload } from "./workload.ts";

/** Path of the list that the fixture program serves. */
export const CONTACTS = "/v1/contacts";

/** A list that a server serves. */
interface RowTarget {
  readonly server: Pick<HttpServerProcess, "url">;
  readonly path: string;
  /** Ids of some of its items. */
  readonly ids: readonly string[];
}

/** A kind of requests. */
interface Row {
  readonly label: string;
  workload(target: RowTarget): Workload | Promise<Workload>;
}

const itemsOf = ({ path, ids }: RowTarget): readonly string[] => ids.map((id) => `${path}/${id}`);

/** Rows in their order; those that change the data come last. */
export const ROWS: Readonly<Record<"health" | "one" | "list" | "next" | "create" | "patch", Row>> = {
  health: { label: "health, no database", workload: () => reads(["/livez"]) },
  one: { label: "one by id", workload: (target) => reads(itemsOf(target)) },
  list: { label: "list of 20, first page", workload: ({ path }) => reads([path]) },
  next: {
    label: "list of 20, by cursor",
    workload: async ({ path, server }) => {
      const pages = await walkFrom(path, { server, pages: 51 });
      return reads(pages.slice(1).map(({ path }) => path));
    },
  },
  create: { label: "create", workload: ({ path }) => creations(path) },
  patch: { label: "patch", workload: (target) => patches(itemsOf(target).slice(0, 512)) },
};

/** The service beside the bare handler on the same database. */
export const rowsScenario: Scenario<LoadSetting> = {
  name: "rows",
  description: "the service beside a bare handler that runs the same SQL",
  parts: Object.keys(ROWS),
  settings: loadSettings({ rounds: 5, seconds: 2, connections: 16 }),
  isDefault: true,
  measure: async (run) => {
    const { database, ids } = await startBenchDatabase(run);
    const servers = {
      bare: await startBareServer(database, run),
      service: await startService(database, run),
    };
    return { "": await compareRows(run, { servers, ids }) };
  },
};

/** Options of {@link compareRows}. */
interface CompareRowsOptions extends Pick<CompareOptions, "bases"> {
  /** Servers with the same data, by the names of the variants; the first is the base by default. */
  readonly servers: Readonly<Record<string, HttpServerProcess>>;
  readonly ids: readonly string[];
  /** Path of the list that they serve. @default CONTACTS */
  readonly path?: string;
  /** Names of rows. @default the parts of the run */
  readonly rows?: readonly string[];
}

/** Puts servers under the same load, row by row. */
export async function compareRows(
  run: BenchRun<LoadSetting>,
  { servers, ids, path = CONTACTS, rows = run.parts, bases }: CompareRowsOptions,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const { connections } = run.settings;
  for (const [, { label, workload }] of Object.entries(ROWS).filter(([row]) => rows.includes(row))) {
    const variants = await Promise.all(
      Object.entries(servers).map(async ([name, server]) => ({
        name,
        measure: loadOn(run, { server, workload: await workload({ server, path, ids }), connections }),
      })),
    );
    results.push(...await compare(run, variants, { row: label, ...bases && { bases } }));
  }
  return results;
}

interface PageBody {
  readonly data: readonly { readonly id: string }[];
  readonly meta: { readonly nextCursor?: string };
}

/** Reads a page and those after it, by the server's own cursors, which only that server understands. */
export async function walkFrom(
  first: string,
  { server, pages }: Pick<RowTarget, "server"> & { readonly pages: number },
): Promise<readonly { readonly path: string; readonly ids: readonly string[] }[]> {
  const [list] = first.split("?");
  const [limit = ""] = /limit=\d+/.exec(first) ?? [];
  const walked: { path: string; ids: string[] }[] = [];
  for (let path: string | undefined = first; path !== undefined && walked.length < pages;) {
    const response: Response = await fetch(server.url(path));
    if (!response.ok) throw new Error(`Reading ${list} failed with ${response.status}`);
    const { data, meta }: PageBody = await response.json();
    walked.push({ path, ids: data.map(({ id }) => id) });
    // As it is: the cursors of the bare handler are not encoded.
    path = meta.nextCursor && `${list}?${limit && `${limit}&`}after=${meta.nextCursor}`;
  }
  if (walked.length < pages) throw new Error(`Reading ${list} failed: a page has no next one`);
  return walked;
}
