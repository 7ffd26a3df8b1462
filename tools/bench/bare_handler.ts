import { v7 as newId } from "uuid";
import { type Driver, openDriver } from "@archway/db/postgres/connection/open_driver.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import type { Contact } from "../support/contact_service/domain/contact.ts";
import { CONTACT_SQL, RECORDED } from "./contact_sql.ts";

const JSON_TYPE = { "Content-Type": "application/json" };
const PREPARED = { prepare: true };
const PATH = "/v1/contacts";

/**
 * Returns the yardstick: a handler of the same routes with the SQL and the JSON of the service alone. It trusts its
 * requests, and has no framework, validation, request ids, signed cursors and problems.
 */
export function bareHandler(sql: Driver): (request: Request) => Response | Promise<Response> {
  return (request) => {
    const { method, url } = request;
    const path = url.slice(url.indexOf("/", "http://".length));
    if (path === "/livez") return new Response('{"status":"ok"}', { headers: JSON_TYPE });
    if (path === PATH) return method === "POST" ? create(sql, request) : firstPage(sql);
    if (path.startsWith(`${PATH}?after=`)) return nextPage(sql, path.slice(PATH.length + "?after=".length));
    const id = path.slice(PATH.length + 1);
    return method === "PATCH" ? patch(sql, id, request) : find(sql, id);
  };
}

async function find(sql: Driver, id: string): Promise<Response> {
  const [row] = await sql.unsafe<Contact[]>(CONTACT_SQL.find.text, [id], PREPARED);
  return row === undefined ? new Response(null, { status: 404 }) : one(row);
}

async function firstPage(sql: Driver): Promise<Response> {
  const parameters = [String(RECORDED.limit + 1)];
  return page(await sql.unsafe<Contact[]>(CONTACT_SQL.firstPage.text, parameters, PREPARED));
}

async function nextPage(sql: Driver, cursor: string): Promise<Response> {
  const [createdAt = "", id = ""] = cursor.split("/");
  const parameters = [createdAt, id, String(RECORDED.limit + 1)];
  return page(await sql.unsafe<Contact[]>(CONTACT_SQL.nextPage.text, parameters, PREPARED));
}

async function create(sql: Driver, request: Request): Promise<Response> {
  const { name, email = null, age = null }: ContactInput = await request.json();
  const id = newId();
  const now = new Date().toISOString();
  const parameters = [id, name, email, age === null ? null : String(age), "1", now, now];
  await sql.unsafe(CONTACT_SQL.insert.text, parameters, PREPARED);
  const data = { id, name, email, age, createdAt: now, updatedAt: now };
  const headers = { "Content-Type": "application/json", ETag: '"1"', Location: `${PATH}/${id}` };
  return new Response(JSON.stringify({ data, meta: {} }), { status: 201, headers });
}

async function patch(sql: Driver, id: string, request: Request): Promise<Response> {
  const change: Partial<ContactInput> = await request.json();
  const [current] = await sql.unsafe<Contact[]>(CONTACT_SQL.find.text, [id], PREPARED);
  if (current === undefined) return new Response(null, { status: 404 });
  if (request.headers.get("If-Match") !== `"${current.version}"`) return new Response(null, { status: 412 });
  const { name, email, age } = { ...current, ...change };
  const now = new Date().toISOString();
  const parameters = [id, name, email, age === null ? null : String(age), now, `{${current.version}}`];
  const [changed] = await sql.unsafe<Contact[]>(CONTACT_SQL.update.text, parameters, PREPARED);
  return changed === undefined ? new Response(null, { status: 412 }) : one(changed);
}

interface ContactInput {
  readonly name: string;
  readonly email: string | null;
  readonly age: number | null;
}

function one(row: Contact): Response {
  const headers = { "Content-Type": "application/json", ETag: `"${row.version}"` };
  return new Response(JSON.stringify({ data: toDto(row), meta: {} }), { headers });
}

function page(rows: readonly Contact[]): Response {
  const data = rows.slice(0, RECORDED.limit).map(toDto);
  const last = rows.length > RECORDED.limit ? data.at(-1) : undefined;
  const meta = { limit: RECORDED.limit, nextCursor: last && `${last.createdAt}/${last.id}` };
  return new Response(JSON.stringify({ data, meta }), { headers: JSON_TYPE });
}

function toDto(row: Contact): ContactInput & { readonly id: string; readonly createdAt: string } {
  const { id, name, email, age, createdAt, updatedAt } = row;
  const contact = { id, name, email, age, createdAt, updatedAt };
  return contact;
}

// A process of its own: `deno run bare_handler.ts <InstanceConfig as JSON>`. It ends with its input.
if (import.meta.main) {
  const instance: InstanceConfig = JSON.parse(Deno.args[0] ?? "");
  // Opened as the service does, with the same options and the same column parsers.
  await using stack = new AsyncDisposableStack();
  const sql = stack.adopt(openDriver(instance, {}), (driver) => driver.end());
  const onListen = ({ hostname, port }: Deno.NetAddr): void => {
    Deno.stdout.writeSync(new TextEncoder().encode(`Listening on http://${hostname}:${port}\n`));
  };
  stack.use(Deno.serve({ hostname: "127.0.0.1", port: 0, onListen }, bareHandler(sql)));
  while (await Deno.stdin.read(new Uint8Array(64)) !== null);
}
