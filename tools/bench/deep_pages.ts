import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { timeCursors } from "@archway/service_kit/page_cursors.ts";
import type { HttpServerProcess } from "./http_server_process.ts";
import { CONTACTS, walkFrom } from "./row_scenario.ts";

const PAGE = 20;
const CURSORS = 50;

/** Where and by what a page is asked for. */
export interface DeepPage {
  /** For people. */
  readonly label: string;
  readonly paths: readonly string[];
}

/** Where the pages are. */
export interface DeepPageOptions {
  readonly database: InstanceConfig;
  /** A service on it. */
  readonly server: HttpServerProcess;
  /** What that service signs its cursors with. */
  readonly secret: string;
  /** How many contacts stand before each page. */
  readonly depths: readonly number[];
}

/**
 * Pages by cursor, for each depth 50 one after the other. The first cursor of each is made of the row that stands
 * there, as the service would have after walking there; the others are the service's own.
 */
export async function cursorPages(
  { database, server, secret, depths }: DeepPageOptions,
): Promise<readonly DeepPage[]> {
  const cursors = timeCursors("contact cursor", { secrets: [secret], cursorTtlSeconds: 3600 });
  const list = ["contacts, newest first", null, null];
  const pages: DeepPage[] = [];
  for (const depth of depths) {
    const row = await rowAt(database, depth);
    const anchor = { id: row.id, createdAt: row.created_at };
    const cursor = cursors.encode({ direction: "after", anchor, inclusive: false }, list);
    const paths = await walkFrom(`${CONTACTS}?after=${cursor}`, { server, pages: CURSORS });
    pages.push({ label: `by cursor, after ${count(depth)}`, paths });
  }
  return pages;
}

/** The pages by number at these depths: the total is counted for each of them. */
export function numberedPages(depths: readonly number[]): readonly DeepPage[] {
  return depths.map((depth) => {
    const page = Math.floor(depth / PAGE) + 1;
    return { label: `by number, page ${count(page)}`, paths: [`${CONTACTS}?page=${page}&pageSize=${PAGE}`] };
  });
}

/** Lists of a name: one that many have, and one that only the contact at the depth has. */
export async function namedPages(database: InstanceConfig, depth: number): Promise<readonly DeepPage[]> {
  const { name } = await rowAt(database, depth);
  return [
    { label: "of a name that one in four has", paths: [`${CONTACTS}?name=a`] },
    { label: "of a name that one has", paths: [`${CONTACTS}?name=${encodeURIComponent(name)}`] },
    { label: "of a name that nobody has", paths: [`${CONTACTS}?name=nobody`] },
  ];
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly created_at: string;
}

/** The last one of so many contacts, newest first. */
async function rowAt(database: InstanceConfig, depth: number): Promise<Row> {
  await using pool = openPool({ primary: database, replicas: [] });
  const { rows: [row] } = await pool.writer().query<Row>(
    "select id, name, created_at from contacts order by created_at desc, id desc offset $1 limit 1",
    [depth - 1],
  );
  if (row === undefined) throw new Error("Looking for a place in the list failed: the list is shorter");
  return row;
}

function count(value: number): string {
  return value.toLocaleString("en");
}
