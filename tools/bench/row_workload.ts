import type { HttpServerProcess } from "./http_server_process.ts";
import type { Workload } from "./request_sources.ts";

/** Path of the list that the fixture program serves. */
export const CONTACTS = "/v1/contacts";

/** Rows of the table in their order; rows that change the data come last. */
export const ROWS = {
  health: "health, no database",
  one: "one by id",
  list: "list of 20, first page",
  next: "list of 20, by cursor",
  create: "create",
  patch: "patch",
} as const;

/** Name of a row. */
export type RowName = keyof typeof ROWS;

const CURSORS = 50;
const PATCHED = 512;

/** Maximum number of items on a page. */
const MAX_LIMIT = 200;

/** Options of {@link rowWorkload}. */
export interface RowOptions {
  /** Path of the list. @default CONTACTS */
  readonly path?: string;
  /** Ids of some of its items. */
  readonly ids: readonly string[];
}

/** Returns the requests of a row. */
export async function rowWorkload(
  row: RowName,
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
  }
}

/** A walk through the list. */
export interface Walk {
  readonly server: Pick<HttpServerProcess, "url">;
  /** Number of pages, the first one included. */
  readonly pages: number;
}

/** Returns the paths of a page and of those after it, by the server's own cursors, which only that server understands. */
export async function walkFrom(first: string, { server, pages }: Walk): Promise<readonly string[]> {
  const paths: string[] = [];
  for await (const { path } of walk(server, first)) {
    if (paths.push(path) === pages) return paths;
  }
  throw new Error("Collecting cursors failed: a page has no next one");
}

/** Returns ids of a list, newest first. @param count Maximum number of them. */
export async function collectIds(
  path: string,
  { server, count }: { readonly server: Pick<HttpServerProcess, "url">; readonly count: number },
): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const page of walk(server, `${path}?limit=${MAX_LIMIT}`, { limit: MAX_LIMIT })) {
    ids.push(...page.ids);
    if (ids.length >= count) break;
  }
  return ids.slice(0, count);
}

interface WalkedPage {
  readonly path: string;
  readonly ids: readonly string[];
}

interface PageBody {
  readonly data: readonly { readonly id: string }[];
  readonly meta: { readonly nextCursor?: string };
}

async function* walk(
  server: Pick<HttpServerProcess, "url">,
  first: string,
  { limit }: { readonly limit?: number } = {},
): AsyncGenerator<WalkedPage> {
  const [list = ""] = first.split("?");
  const next = limit === undefined ? `${list}?after=` : `${list}?limit=${limit}&after=`;
  let path = first;
  while (true) {
    const response = await fetch(server.url(path));
    if (!response.ok) throw new Error(`Reading ${list} failed with ${response.status}`);
    const { data, meta: { nextCursor } }: PageBody = await response.json();
    yield { path, ids: data.map(({ id }) => id) };
    if (nextCursor === undefined) return;
    // As it is: the cursors of the bare handler are not encoded.
    path = next + nextCursor;
  }
}
