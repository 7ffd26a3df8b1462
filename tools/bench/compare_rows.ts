import { type BenchRun, compare, type CompareOptions, loadOn } from "./bench_run.ts";
import type { Result } from "./compare.ts";
import type { HttpServerProcess } from "./http_server_process.ts";
import type { Workload } from "./request_sources.ts";
import type { LoadSetting } from "./scenario.ts";

/** Path of the list that the fixture program serves. */
export const CONTACTS = "/v1/contacts";

/** Labels of the rows in their order; rows that change the data come last. */
export const ROWS = {
  health: "health, no database",
  one: "one by id",
  list: "list of 20, first page",
  next: "list of 20, by cursor",
  create: "create",
  patch: "patch",
} as const;

const CURSORS = 50;
const PATCHED = 512;

/** Maximum number of items on a page. */
const MAX_LIMIT = 200;

/** Requests of a row. */
export interface RowOptions {
  /** Path of the list. @default CONTACTS */
  readonly path?: string;
  /** Ids of some of its items. */
  readonly ids: readonly string[];
}

/** Options of {@link compareRows}. */
export interface CompareRowsOptions extends RowOptions, Pick<CompareOptions, "bases"> {
  /** Servers with the same data, by the names of the variants; the first is the base by default. */
  readonly servers: Readonly<Record<string, HttpServerProcess>>;
  /** @default those of the run */
  readonly rows?: readonly string[];
}

/** Puts servers under the same load, row by row. */
export async function compareRows(
  run: BenchRun<LoadSetting>,
  { servers, rows = run.parts, bases, ...options }: CompareRowsOptions,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const { connections } = run.settings;
  for (const [row, label] of Object.entries(ROWS).filter(([row]) => rows.includes(row))) {
    const variants = await Promise.all(
      Object.entries(servers).map(async ([name, server]) => {
        const workload = await rowWorkload(row, server, options);
        return { name, measure: loadOn(run, { server, workload, connections }) };
      }),
    );
    results.push(...await compare(run, variants, { row: label, ...bases && { bases } }));
  }
  return results;
}

/** Returns the requests of a row. */
export async function rowWorkload(
  row: string,
  server: HttpServerProcess,
  { path = CONTACTS, ids }: RowOptions,
): Promise<Workload> {
  const paths = ids.map((id) => `${path}/${id}`);
  switch (row) {
    case "health":
      return { kind: "read", paths: ["/livez"] };
    case "one":
      return { kind: "read", paths };
    case "list":
      return { kind: "read", paths: [path] };
    case "next":
      return { kind: "read", paths: (await walkFrom(path, { server, pages: CURSORS + 1 })).slice(1) };
    case "create":
      return { kind: "create", path };
    case "patch":
      return { kind: "patch", paths: paths.slice(0, PATCHED) };
    default:
      throw new Error(`There is no row ${row}`);
  }
}

type PageServer = Pick<HttpServerProcess, "url">;

/** Returns the paths of a page and of those after it, by the server's own cursors, which only that server understands. */
export async function walkFrom(
  first: string,
  { server, pages }: { readonly server: PageServer; readonly pages: number },
): Promise<readonly string[]> {
  const paths: string[] = [];
  for await (const { path } of walk(server, first)) {
    if (paths.push(path) === pages) return paths;
  }
  throw new Error("Collecting cursors failed: a page has no next one");
}

/** Returns ids of a list, newest first. @param count Maximum number of them. */
export async function collectIds(
  path: string,
  { server, count }: { readonly server: PageServer; readonly count: number },
): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const page of walk(server, `${path}?limit=${MAX_LIMIT}`)) {
    ids.push(...page.ids);
    if (ids.length >= count) break;
  }
  return ids.slice(0, count);
}

interface PageBody {
  readonly data: readonly { readonly id: string }[];
  readonly meta: { readonly nextCursor?: string };
}

async function* walk(
  server: PageServer,
  first: string,
): AsyncGenerator<{ readonly path: string; readonly ids: readonly string[] }> {
  const [list, query = ""] = first.split("?");
  const [limit] = /limit=\d+/.exec(query) ?? [];
  for (let path = first;;) {
    const response = await fetch(server.url(path));
    if (!response.ok) throw new Error(`Reading ${list} failed with ${response.status}`);
    const { data, meta: { nextCursor } }: PageBody = await response.json();
    yield { path, ids: data.map(({ id }) => id) };
    if (nextCursor === undefined) return;
    // As it is: the cursors of the bare handler are not encoded.
    path = `${list}?${limit ? `${limit}&` : ""}after=${nextCursor}`;
  }
}
