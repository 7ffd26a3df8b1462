import { v7 as newId } from "uuid";
import { type Driver, openDriver } from "@archway/db/postgres/connection/open_driver.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import type { Contact, ContactInput } from "../support/contact_service/domain/contact.ts";
import { CONTACT_SQL, LIMIT } from "./contact_sql.ts";

const PATH = "/v1/contacts";

/**
 * Returns the yardstick: a handler of the same routes with the SQL and the JSON of the service alone. It trusts its
 * requests, and has no framework, validation, request ids, signed cursors and problems.
 */
export function bareHandler(sql: Driver): (request: Request) => Response | Promise<Response> {
  const { find, insert, update, firstPage, nextPage } = CONTACT_SQL;
  const query = async (text: string, parameters: (string | null)[]): Promise<readonly Contact[]> =>
    await sql.unsafe<Contact[]>(text, parameters, { prepare: true });

  async function create(request: Request): Promise<Response> {
    const { name, email, age }: ContactInput = await request.json();
    const [id, time] = [newId(), new Date().toISOString()];
    await query(insert.text, insert.bind({ id, name, email, age: textOf(age), version: "1", time }));
    const data = { id, name, email, age, createdAt: time, updatedAt: time };
    return json({ data, meta: {} }, 201, { ETag: '"1"', Location: `${PATH}/${id}` });
  }

  async function patch(id: string, request: Request): Promise<Response> {
    const change: Partial<ContactInput> = await request.json();
    const [current] = await query(find.text, find.bind({ id }));
    if (current === undefined) return new Response(null, { status: 404 });
    if (request.headers.get("If-Match") !== `"${current.version}"`) {
      return new Response(null, { status: 412 });
    }
    const { name, email, age } = { ...current, ...change };
    const [time, version] = [new Date().toISOString(), String(current.version)];
    return one(
      await query(update.text, update.bind({ id, name, email, age: textOf(age), time, version })),
      412,
    );
  }

  async function respond(path: string, request: Request): Promise<Response> {
    const { method } = request;
    if (path === PATH && method === "POST") return await create(request);
    if (path === PATH) return page(await query(firstPage.text, firstPage.bind({})));
    if (path.startsWith(`${PATH}?after=`)) {
      const [time = "", id = ""] = path.slice(`${PATH}?after=`.length).split("/");
      return page(await query(nextPage.text, nextPage.bind({ time, id })));
    }
    const id = path.slice(PATH.length + 1);
    return method === "PATCH"
      ? await patch(id, request)
      : one(await query(find.text, find.bind({ id })), 404);
  }

  return (request) => {
    const path = request.url.slice(request.url.indexOf("/", "http://".length));
    return path === "/livez" ? json({ status: "ok" }) : respond(path, request);
  };
}

function textOf(age: number | null): string | null {
  return age === null ? null : String(age);
}

function one([row]: readonly Contact[], otherwise: number): Response {
  if (row === undefined) return new Response(null, { status: otherwise });
  return json({ data: toDto(row), meta: {} }, 200, { ETag: `"${row.version}"` });
}

function page(rows: readonly Contact[]): Response {
  const data = rows.slice(0, LIMIT).map(toDto);
  const last = rows.length > LIMIT ? data.at(-1) : undefined;
  return json({ data, meta: { limit: LIMIT, nextCursor: last && `${last.createdAt}/${last.id}` } });
}

function toDto({ id, name, email, age, createdAt, updatedAt }: Contact): Omit<Contact, "version" | "owner"> {
  return { id, name, email, age, createdAt, updatedAt };
}

function json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/json", ...headers },
  });
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
