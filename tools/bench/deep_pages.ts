import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { timeCursors } from "@archway/service_kit/page_cursors.ts";
import { CONTACTS, walkFrom } from "./rows_scenario.ts";
import type { HttpServerProcess } from "./http_server_process.ts";

const PAGE = 20;

/** Paths of the pages of one kind, by its name. */
export type DeepPages = Readonly<Record<string, readonly string[]>>;

interface DeepPageOptions {
  readonly database: InstanceConfig;
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
export async function cursorPages({ database, server, secret, depths }: DeepPageOptions): Promise<DeepPages> {
  const cursors = timeCursors("contact cursor", { secrets: [secret], cursorTtlSeconds: 3600 });
  const entries = depths.map(async (depth) => {
    const { id, createdAt } = await rowAt(database, depth);
    const position = { direction: "after", anchor: { id, createdAt }, inclusive: false } as const;
    const cursor = cursors.encode(position, ["contacts, newest first", null, null]);
    const pages = await walkFrom(`${CONTACTS}?after=${cursor}`, { server, pages: 50 });
    return [`by cursor, after ${depth.toLocaleString("en")}`, pages.map(({ path }) => path)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** Returns pages by number at these depths, with a total each, and lists of a name: of many, of one and of none. */
export async function otherPages(database: InstanceConfig, depths: readonly number[]): Promise<DeepPages> {
  const { name } = await rowAt(database, depths.at(-1) ?? 1);
  const numbered = depths.map((depth) => {
    const page = Math.floor(depth / PAGE) + 1;
    return [`by number, page ${page.toLocaleString("en")}`, [
      `${CONTACTS}?page=${page}&pageSize=${PAGE}`,
    ]] as const;
  });
  return {
    ...Object.fromEntries(numbered),
    "of a name that one in four has": [`${CONTACTS}?name=a`],
    "of a name that one has": [`${CONTACTS}?name=${encodeURIComponent(name)}`],
    "of a name that none has": [`${CONTACTS}?name=none`],
  };
}

/** Returns the last one of so many contacts, newest first. */
async function rowAt(
  database: InstanceConfig,
  depth: number,
): Promise<Readonly<Record<"id" | "name" | "createdAt", string>>> {
  await using pool = openPool({ primary: database, replicas: [] });
  const { rows: [row] } = await pool.writer().query<Record<"id" | "name" | "createdAt", string>>(
    `select id, name, created_at as "createdAt" from contacts order by created_at desc, id desc offset $1 limit 1`,
    [depth - 1],
  );
  if (row === undefined) throw new Error("Reading a contact failed: the list is shorter than the depth");
  return row;
}
