import { zValidator } from "@hono/zod-validator";
import { SQL } from "bun";
import { type Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { requestId, type RequestIdVariables } from "hono/request-id";
import { STATUS_CODES } from "node:http";
import { z } from "zod";

interface Contact {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly age: number | null;
  readonly version: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const PATH = "/v1/contacts";
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const JSON_TYPE = /^application\/(?:merge-patch\+)?json(?:;|$)/;

const sql = new SQL(Bun.env["DATABASE_URL"] ?? "", { max: 10 });

const contactBody = z.strictObject({
  name: z.string().trim().min(1).max(100),
  email: z.email().max(254).nullish(),
  age: z.int().min(1).max(150).nullish(),
});
const contactPatch = contactBody.partial();
const idParams = z.object({ id: z.uuid() });
const listQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(20),
  after: z.string().min(1).max(1024).optional(),
});

type Variables = RequestIdVariables;
type App = { Variables: Variables };

/** Returns problem details (RFC 9457). */
function problem(
  context: Context<App>,
  { status, detail, invalidParams }: {
    readonly status: number;
    readonly detail: string;
    readonly invalidParams?: readonly unknown[];
  },
): Response {
  const title = STATUS_CODES[status] ?? "Error";
  const body = {
    type: "about:blank",
    title,
    status,
    detail,
    requestId: context.get("requestId"),
    invalidParams,
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/problem+json", "x-request-id": context.get("requestId") },
  });
}

/** Validates a part of requests, and reports all violations. */
function validate<Schema extends z.ZodType, Target extends "json" | "param" | "query">(
  target: Target,
  schema: Schema,
): ReturnType<typeof zValidator<Schema, Target, App, string>> {
  return zValidator<Schema, Target, App, string>(target, schema, (result, context) => {
    if (result.success) return undefined;
    const invalidParams = result.error.issues.map(({ path, message }) => ({
      name: path.join("."),
      in: target,
      reason: message,
    }));
    const status = target === "json" ? 422 : 400;
    return problem(context, { status, detail: "The request has validation errors", invalidParams });
  });
}

function anchorOf(cursor: string): string {
  const id = Buffer.from(cursor, "base64url").toString();
  if (!ID.test(id)) throw new HTTPException(400, { message: "The cursor is malformed" });
  return id;
}

async function find(id: string): Promise<Contact> {
  const [contact]: Contact[] = await sql`
    select id, name, email, age, version, created_at as "createdAt", updated_at as "updatedAt"
    from contacts where id = ${id} and deleted_at is null`;
  if (contact === undefined) throw new HTTPException(404, { message: "No contact with this id exists" });
  return contact;
}

async function list(after: string | undefined, count: number): Promise<readonly Contact[]> {
  if (after === undefined) {
    return await sql`
      select id, name, email, age, version, created_at as "createdAt", updated_at as "updatedAt"
      from contacts where deleted_at is null order by created_at desc, id desc limit ${count}`;
  }
  const id = anchorOf(after);
  return await sql`
    select id, name, email, age, version, created_at as "createdAt", updated_at as "updatedAt"
    from contacts where deleted_at is null
      and (created_at, id) < ((select created_at from contacts where id = ${id}), ${id}::uuid)
    order by created_at desc, id desc limit ${count}`;
}

/** Sends a contact with its entity tag. */
function send(context: Context<App>, contact: Contact, status: 200 | 201 = 200): Response {
  const { id, name, email, age, version, createdAt, updatedAt } = contact;
  context.header("etag", `"${version}"`);
  const data = { id, name, email, age, createdAt, updatedAt };
  return context.json({ data, meta: { requestId: context.get("requestId") } }, status);
}

function rethrow(error: unknown): never {
  if (error instanceof SQL.PostgresError && error.errno === "23505") {
    throw new HTTPException(409, { message: "Another contact has this e-mail address" });
  }
  throw error;
}

const app = new Hono<App>();

app.use(requestId());

app.notFound((context) => problem(context, { status: 404, detail: "No resource exists at this path" }));

app.onError((error, context) => {
  if (error instanceof HTTPException) {
    return problem(context, { status: error.status, detail: error.message });
  }
  console.error(error);
  return problem(context, { status: 500, detail: "Internal error" });
});

app.on(["POST", "PATCH"], `${PATH}/*`, async (context, next) => {
  if (JSON_TYPE.test(context.req.header("content-type") ?? "")) return await next();
  throw new HTTPException(415, { message: "Unsupported media type" });
});

app.get("/livez", (context) => context.json({ status: "ok" }));

app.get(`${PATH}/:id`, validate("param", idParams), async (context) => {
  const contact = await find(context.req.valid("param").id);
  if (context.req.header("if-none-match") !== `"${contact.version}"`) return send(context, contact);
  context.header("etag", `"${contact.version}"`);
  return context.body(null, 304);
});

app.get(PATH, validate("query", listQuery), async (context) => {
  const { limit, after } = context.req.valid("query");
  const rows = await list(after, limit + 1);
  const data = rows.slice(0, limit).map(({ version: _, ...contact }) => contact);
  const last = rows.length > limit ? data.at(-1) : undefined;
  const nextCursor = last && Buffer.from(last.id).toString("base64url");
  return context.json({ data, meta: { requestId: context.get("requestId"), limit, nextCursor } });
});

app.post(PATH, validate("json", contactBody), async (context) => {
  const { name, email = null, age = null } = context.req.valid("json");
  const [id, now] = [Bun.randomUUIDv7(), new Date()];
  await sql`
    insert into contacts (id, name, email, age, version, created_at, updated_at)
    values (${id}, ${name}, ${email}, ${age}, 1, ${now}, ${now})`.catch(rethrow);
  context.header("location", `${PATH}/${id}`);
  return send(context, { id, name, email, age, version: "1", createdAt: now, updatedAt: now }, 201);
});

app.patch(`${PATH}/:id`, validate("param", idParams), validate("json", contactPatch), async (context) => {
  const { id } = context.req.valid("param");
  const ifMatch = context.req.header("if-match");
  if (ifMatch === undefined) {
    throw new HTTPException(428, { message: "Send the ETag of the contact in If-Match" });
  }
  const current = await find(id);
  if (ifMatch !== `"${current.version}"`) {
    throw new HTTPException(412, { message: "The contact was modified" });
  }
  const { name, email, age } = { ...current, ...context.req.valid("json") };
  const [updated]: Contact[] = await sql`
    update contacts set name = ${name}, email = ${email}, age = ${age}, version = version + 1,
      updated_at = greatest(updated_at, ${new Date()})
    where id = ${id} and deleted_at is null and version = ${current.version}
    returning id, name, email, age, version, created_at as "createdAt", updated_at as "updatedAt"`
    .catch(rethrow);
  if (updated === undefined) throw new HTTPException(412, { message: "The contact was modified" });
  return send(context, updated);
});

Bun.serve({ hostname: "127.0.0.1", port: Number(Bun.env["PORT"]), fetch: app.fetch });
