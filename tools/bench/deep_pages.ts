import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { timeCursors } from "@archway/service_kit/page_cursors.ts";
import { CONTACTS, walkFrom } from "./compare_rows.ts";
import type { HttpServerProcess } from "./http_server_process.ts";

const PAGE = 20;
const CURSORS = 50;

/** Pages of one kind. */
export interface DeepPage {
  readonly name: string;
  readonly paths: readonly string[];
}

/** Options of {@link cursorPages}. */
export interface DeepPageOptions {
  readonly database: InstanceConfig;
  /** A service on it. */
  readonly server: HttpServerProcess;
  /** Secret that the service signs its cursors with. */
  readonly secret: string;
  /** Numbers of contacts before each page. */
  readonly depths: readonly number[];
}

/**
 * Returns pages by cursor, for each depth 50 one after the other. The first cursor of each is encoded from the row at
 * that depth, as the service would after a walk to it; the others are the service's own.
 */
export async function cursorPages(
  { database, server, secret, depths }: DeepPageOptions,
): Promise<readonly DeepPage[]> {
  const cursors = timeCursors("contact cursor", { secrets: [secret], cursorTtlSeconds: 3600 });
  return await Promise.all(depths.map(async (depth) => {
    const { id, createdAt } = await rowAt(database, depth);
    const position = { direction: "after", anchor: { id, createdAt }, inclusive: false } as const;
    const cursor = cursors.encode(position, ["contacts, newest first", null, null]);
    const pages = await walkFrom(`${CONTACTS}?after=${cursor}`, { server, pages: CURSORS });
    return { name: `by cursor, after ${depth.toLocaleString("en")}`, paths: pages.map(({ path }) => path) };
  }));
}

/** Returns the pages by number at these depths; the total is counted for each of them. */
export function numberedPages(depths: readonly number[]): readonly DeepPage[] {
  return depths.map((depth) => {
    const page = Math.floor(depth / PAGE) + 1;
    const path = `${CONTACTS}?page=${page}&pageSize=${PAGE}`;
    return { name: `by number, page ${page.toLocaleString("en")}`, paths: [path] };
  });
}

/** Returns lists of a name: one that many have, one that only the contact at the depth has, and one that none has. */
export async function namedPages(database: InstanceConfig, depth: number): Promise<readonly DeepPage[]> {
  const { name } = await rowAt(database, depth);
  return [
    { name: "of a name that one in four has", paths: [`${CONTACTS}?name=a`] },
    { name: "of a name that one has", paths: [`${CONTACTS}?name=${encodeURIComponent(name)}`] },
    { name: "of a name that none has", paths: [`${CONTACTS}?name=none`] },
  ];
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
}

/** Returns the last one of so many contacts, newest first. */
async function rowAt(database: InstanceConfig, depth: number): Promise<Row> {
  await using pool = openPool({ primary: database, replicas: [] });
  const { rows: [row] } = await pool.writer().query<Row>(
    `select id, name, created_at as "createdAt" from contacts order by created_at desc, id desc offset $1 limit 1`,
    [depth - 1],
  );
  if (row === undefined) throw new Error("Reading a contact failed: the list is shorter than the depth");
  return row;
}
