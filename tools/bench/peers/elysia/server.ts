import { SQL } from "bun";
import { type Context, Elysia, t } from "elysia";
import { STATUS_CODES } from "node:http";

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
const JSON_TYPE = /^application\/(?:merge-patch\+)?json(?:;|$)/;
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const sql = new SQL(Bun.env["DATABASE_URL"] ?? "", { max: 10 });

const name = t.String({ minLength: 1, maxLength: 100, pattern: "\\S" });
const email = t.Nullable(t.String({ format: "email", maxLength: 254 }));
const age = t.Nullable(t.Number({ multipleOf: 1, minimum: 1, maximum: 150 }));
const contactBody = t.Object(
  { name, email: t.Optional(email), age: t.Optional(age) },
  { additionalProperties: false },
);
const contactPatch = t.Partial(contactBody, { additionalProperties: false });
const idParams = t.Object({ id: t.String({ format: "uuid" }) });
const listQuery = t.Object({
  limit: t.Optional(t.String({ pattern: "^(?:[1-9]\\d?|1\\d\\d|200)$" })),
  after: t.Optional(t.String({ minLength: 1, maxLength: 1024 })),
});

/** Error that is sent as problem details (RFC 9457). */
class ProblemError extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

/** Returns problem details; the request id is a header of every response. */
function problem(
  { status, detail, set, invalidParams }: {
    readonly status: number;
    readonly detail: string;
    readonly set: Context["set"];
    readonly invalidParams?: readonly unknown[];
  },
): Response {
  const title = STATUS_CODES[status] ?? "Error";
  const requestId = set.headers["x-request-id"];
  const body = { type: "about:blank", title, status, detail, requestId, invalidParams };
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/problem+json" },
  });
}

function anchorOf(cursor: string): string {
  const id = Buffer.from(cursor, "base64url").toString();
  if (!ID.test(id)) throw new ProblemError(400, "The cursor is malformed");
  return id;
}

async function find(id: string): Promise<Contact> {
  const [contact]: Contact[] = await sql`
    select id, name, email, age, version, created_at as "createdAt", updated_at as "updatedAt"
    from contacts where id = ${id} and deleted_at is null`;
  if (contact === undefined) throw new ProblemError(404, "No contact with this id exists");
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

/** Returns the body of a contact; its entity tag is a header. */
function contactOf(
  { id, name, email, age, version, createdAt, updatedAt }: Contact,
  set: Context["set"],
): object {
  set.headers["etag"] = `"${version}"`;
  const data = { id, name, email, age, createdAt, updatedAt };
  return { data, meta: { requestId: set.headers["x-request-id"] } };
}

function rethrow(error: unknown): never {
  if (error instanceof SQL.PostgresError && error.errno === "23505") {
    throw new ProblemError(409, "Another contact has this e-mail address");
  }
  throw error;
}

new Elysia({ normalize: false })
  .onRequest(({ request, set }) => {
    set.headers["x-request-id"] = request.headers.get("x-request-id") ?? crypto.randomUUID();
    if (request.method === "GET" || JSON_TYPE.test(request.headers.get("content-type") ?? "")) return;
    throw new ProblemError(415, "Unsupported media type");
  })
  .onParse(({ request, contentType }) =>
    contentType === "application/merge-patch+json" ? request.json() : undefined
  )
  .onError(({ error, code, set }) => {
    if (error instanceof ProblemError) {
      return problem({ status: error.status, detail: error.message, set });
    }
    if (code === "NOT_FOUND") return problem({ status: 404, detail: "No resource exists at this path", set });
    if (code === "PARSE" || error instanceof SyntaxError) {
      return problem({ status: 400, detail: "The body is not valid JSON", set });
    }
    if (code === "VALIDATION") {
      const invalidParams = error.all.map((each) => ({
        name: "path" in each ? String(each.path).slice(1) : "",
        in: error.type,
        reason: "message" in each ? each.message : "is invalid",
      }));
      const status = error.type === "body" ? 422 : 400;
      return problem({ status, detail: "The request has validation errors", set, invalidParams });
    }
    console.error(error);
    return problem({ status: 500, detail: "Internal error", set });
  })
  .get("/livez", () => ({ status: "ok" }))
  .get(`${PATH}/:id`, async ({ params, headers, set }) => {
    const contact = await find(params.id);
    if (headers["if-none-match"] !== `"${contact.version}"`) return contactOf(contact, set);
    set.headers["etag"] = `"${contact.version}"`;
    set.status = 304;
    return undefined;
  }, { params: idParams })
  .get(PATH, async ({ query: { limit: text, after }, set }) => {
    const limit = Number(text ?? 20);
    const rows = await list(after, limit + 1);
    const data = rows.slice(0, limit).map(({ version: _, ...contact }) => contact);
    const last = rows.length > limit ? data.at(-1) : undefined;
    const nextCursor = last && Buffer.from(last.id).toString("base64url");
    return { data, meta: { requestId: set.headers["x-request-id"], limit, nextCursor } };
  }, { query: listQuery })
  .post(PATH, async ({ body, set }) => {
    const { email = null, age = null } = body;
    const [id, name, now] = [Bun.randomUUIDv7(), body.name.trim(), new Date()];
    await sql`
      insert into contacts (id, name, email, age, version, created_at, updated_at)
      values (${id}, ${name}, ${email}, ${age}, 1, ${now}, ${now})`.catch(rethrow);
    set.status = 201;
    set.headers["location"] = `${PATH}/${id}`;
    return contactOf({ id, name, email, age, version: "1", createdAt: now, updatedAt: now }, set);
  }, { body: contactBody })
  .patch(`${PATH}/:id`, async ({ params: { id }, body, headers, set }) => {
    const ifMatch = headers["if-match"];
    if (ifMatch === undefined) throw new ProblemError(428, "Send the ETag of the contact in If-Match");
    const current = await find(id);
    if (ifMatch !== `"${current.version}"`) throw new ProblemError(412, "The contact was modified");
    const { name, email, age } = { ...current, ...body };
    const [updated]: Contact[] = await sql`
      update contacts set name = ${name.trim()}, email = ${email}, age = ${age}, version = version + 1,
        updated_at = greatest(updated_at, ${new Date()})
      where id = ${id} and deleted_at is null and version = ${current.version}
      returning id, name, email, age, version, created_at as "createdAt", updated_at as "updatedAt"`
      .catch(rethrow);
    if (updated === undefined) throw new ProblemError(412, "The contact was modified");
    return contactOf(updated, set);
  }, { params: idParams, body: contactPatch })
  .listen({ hostname: "127.0.0.1", port: Number(Bun.env["PORT"]) });
