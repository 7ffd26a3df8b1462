import postgres from "@fastify/postgres";
import Fastify, { type FastifyError, type FastifyReply } from "fastify";
import { randomUUID } from "node:crypto";
import { v7 as newId } from "uuid";
import { anchorOf, cursorOf } from "./cursor.ts";
import { type Problem, ProblemError, problemOf } from "./problem.ts";
import { contactBody, contactPatch, contactResponse, idParams, listQuery, listResponse } from "./schemas.ts";
import { SQL } from "./sql.ts";

interface Contact {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly age: number | null;
  readonly version: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

interface ContactInput {
  readonly name: string;
  readonly email?: string | null;
  readonly age?: number | null;
}

interface IdParams {
  readonly id: string;
}

const PATH = "/v1/contacts";

const app = Fastify({
  requestIdHeader: "x-request-id",
  genReqId: () => randomUUID(),
  ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: true } },
});

await app.register(postgres, { connectionString: process.env["DATABASE_URL"], max: 10 });

app.removeContentTypeParser("text/plain");
app.addContentTypeParser(
  "application/merge-patch+json",
  { parseAs: "string" },
  app.getDefaultJsonParser("error", "error"),
);

app.addHook("onRequest", (request, reply, done) => {
  reply.header("x-request-id", request.id);
  done();
});

function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const body = { ...problem, requestId: reply.request.id };
  return reply.code(problem.status).type("application/problem+json").send(JSON.stringify(body));
}

app.setNotFoundHandler((_, reply) => sendProblem(reply, problemOf(404, "No resource exists at this path")));

app.setErrorHandler((error: FastifyError, request, reply) => {
  if (error instanceof ProblemError) return sendProblem(reply, error.problem);
  if (error.validation !== undefined) {
    const status = error.validationContext === "body" ? 422 : 400;
    const invalidParams = error.validation.map(({ instancePath, message }) => ({
      name: instancePath.slice(1),
      in: error.validationContext,
      reason: message,
    }));
    return sendProblem(reply, { ...problemOf(status, "The request has validation errors"), invalidParams });
  }
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return sendProblem(reply, problemOf(error.statusCode, error.message));
  }
  request.log.error(error);
  return sendProblem(reply, problemOf(500, "Internal error"));
});

async function query(name: keyof typeof SQL, values: readonly unknown[]): Promise<readonly Contact[]> {
  const { rows } = await app.pg.query<Contact>({ name, text: SQL[name], values: [...values] });
  return rows;
}

/** Sends a contact with its entity tag. */
function sendContact(reply: FastifyReply, contact: Contact): FastifyReply {
  const { version: _, ...data } = contact;
  return reply.header("etag", `"${contact.version}"`).send({ data, meta: { requestId: reply.request.id } });
}

async function find(id: string): Promise<Contact> {
  const [contact] = await query("find", [id]);
  if (contact === undefined) throw new ProblemError(404, "No contact with this id exists");
  return contact;
}

const livez = { response: { 200: { type: "object", properties: { status: { type: "string" } } } } } as const;

app.get("/livez", { schema: livez }, () => ({ status: "ok" }));

app.get<{ Params: IdParams }>(
  `${PATH}/:id`,
  { schema: { params: idParams, response: { 200: contactResponse } } },
  async (request, reply) => {
    const contact = await find(request.params.id);
    if (request.headers["if-none-match"] === `"${contact.version}"`) {
      return reply.code(304).header("etag", `"${contact.version}"`).send();
    }
    return sendContact(reply, contact);
  },
);

app.get<{ Querystring: { readonly limit?: string; readonly after?: string } }>(
  PATH,
  { schema: { querystring: listQuery, response: { 200: listResponse } } },
  async (request) => {
    const limit = Number(request.query.limit ?? 20);
    const { after } = request.query;
    const rows = after === undefined
      ? await query("firstPage", [limit + 1])
      : await query("nextPage", [anchorOf(after), limit + 1]);
    const data = rows.slice(0, limit);
    const nextCursor = rows.length > limit ? cursorOf(data.at(-1)?.id ?? "") : undefined;
    return { data, meta: { requestId: request.id, limit, nextCursor } };
  },
);

app.post<{ Body: ContactInput }>(
  PATH,
  { schema: { body: contactBody, response: { 201: contactResponse } } },
  async ({ body: { name, email = null, age = null } }, reply) => {
    const [id, now] = [newId(), new Date()];
    const contact = { id, name: name.trim(), email, age, version: "1", createdAt: now, updatedAt: now };
    try {
      await query("insert", [id, contact.name, email, age, 1, now, now]);
    } catch (error) {
      throw emailTaken(error) ? new ProblemError(409, "Another contact has this e-mail address") : error;
    }
    return sendContact(reply.code(201).header("location", `${PATH}/${id}`), contact);
  },
);

app.patch<{ Params: IdParams; Body: Partial<ContactInput> }>(
  `${PATH}/:id`,
  { schema: { params: idParams, body: contactPatch, response: { 200: contactResponse } } },
  async ({ params: { id }, body, headers }, reply) => {
    const ifMatch = headers["if-match"];
    if (ifMatch === undefined) throw new ProblemError(428, "Send the ETag of the contact in If-Match");
    const current = await find(id);
    if (ifMatch !== `"${current.version}"`) throw new ProblemError(412, "The contact was modified");
    const { name, email, age } = { ...current, ...body };
    try {
      const values = [id, name.trim(), email, age, new Date(), current.version];
      const [updated] = await query("update", values);
      if (updated === undefined) throw new ProblemError(412, "The contact was modified");
      return sendContact(reply, updated);
    } catch (error) {
      throw emailTaken(error) ? new ProblemError(409, "Another contact has this e-mail address") : error;
    }
  },
);

function emailTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "23505";
}

await app.listen({ host: "127.0.0.1", port: Number(process.env["PORT"]) });
