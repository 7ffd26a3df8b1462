import { type BenchRun, loadOn } from "./bench_run.ts";
import { compare, type CompareOptions, type Result } from "./compare.ts";
import type { HttpServerProcess } from "./http_server_process.ts";
import type { LoadSetting } from "./scenario.ts";
import type { Workload } from "./workload.ts";

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

const PATCHED = 512;

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
      return {
        kind: "read",
        paths: (await walkFrom(path, { server, pages: 51 })).slice(1).map(({ path }) => path),
      };
    case "create":
      return { kind: "create", path };
    case "patch":
      return { kind: "patch", paths: paths.slice(0, PATCHED) };
    default:
      throw new Error(`There is no row ${row}`);
  }
}

type PageServer = Pick<HttpServerProcess, "url">;

interface PageBody {
  readonly data: readonly { readonly id: string }[];
  readonly meta: { readonly nextCursor?: string };
}

/** Reads a page and those after it, by the server's own cursors, which only that server understands. */
export async function walkFrom(
  first: string,
  { server, pages }: { readonly server: PageServer; readonly pages: number },
): Promise<readonly { readonly path: string; readonly ids: readonly string[] }[]> {
  const [list, query = ""] = first.split("?");
  const limit = /limit=\d+&?/.exec(query)?.[0].replace(/&?$/, "&") ?? "";
  const walked: { path: string; ids: string[] }[] = [];
  for (let path: string | undefined = first; path !== undefined && walked.length < pages;) {
    const response: Response = await fetch(server.url(path));
    if (!response.ok) throw new Error(`Reading ${list} failed with ${response.status}`);
    const { data, meta }: PageBody = await response.json();
    walked.push({ path, ids: data.map(({ id }) => id) });
    // As it is: the cursors of the bare handler are not encoded.
    path = meta.nextCursor && `${list}?${limit}after=${meta.nextCursor}`;
  }
  if (walked.length < pages) throw new Error(`Reading ${list} failed: a page has no next one`);
  return walked;
}
