import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { Principal } from "@archway/server/request_context.ts";
import { type Authenticator, InvalidTokenError } from "@archway/server/authenticator.ts";
import type { Server } from "@archway/server/server.ts";
import { withAuthenticator } from "@archway/server/server_options.ts";
import { DATABASES } from "@archway/tools/support/databases.ts";
import { type ReceivedResponse, sendRequest } from "@archway/tools/support/send_request.ts";
import { contactServer } from "@archway/tools/support/contact_server.ts";

const SCOPES = ["contacts:read", "contacts:write"];

/** Authenticator whose tokens are subject names. */
const authenticator: Authenticator = {
  authenticate(token): Principal {
    switch (token) {
      case "ada":
      case "bob":
        return { subject: token, scopes: new Set(SCOPES) };
      case "admin":
        return { subject: token, scopes: new Set([...SCOPES, "contacts:admin"]) };
      case "reader":
        return { subject: "ada", scopes: new Set(["contacts:read"]) };
      default:
        throw new InvalidTokenError("Unknown token");
    }
  },
};

interface Sent {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

function as(
  server: Server,
  token: string,
  line: string,
  { headers, ...sent }: Sent = {},
): Promise<ReceivedResponse> {
  return sendRequest(server, line, { ...sent, headers: { Authorization: `Bearer ${token}`, ...headers } });
}

async function create(server: Server, token: string, body: unknown): Promise<string> {
  const { status, headers } = await as(server, token, "POST /v1/contacts", { body });
  assertEquals(status, 201);
  return headers.get("location") ?? "";
}

async function names(server: Server, token: string, query = ""): Promise<readonly string[]> {
  const { body } = await as(server, token, `GET /v1/contacts${query}`);
  return body?.data?.map(({ name }) => name).sort() ?? [];
}

/** Returns the parts of a response that could distinguish a missing contact from another owner's. */
function distinguishable({ status, body }: ReceivedResponse): unknown {
  const { instance: _, requestId: __, ...rest } = { ...body } as Readonly<Record<string, unknown>>;
  return [status, rest];
}

const MISSING = "/v1/contacts/01a2023b-983b-7000-83d3-81c8f54d2496";
const ANY = { "If-Match": "*" };

/** All requests for one contact. */
const REQUESTS: readonly (readonly [method: string, sent: Sent])[] = [
  ["GET", {}],
  ["GET", { headers: { "If-None-Match": "*" } }],
  ["PUT", { headers: ANY, body: { name: "Taken over" } }],
  ["PUT", { headers: { "If-Match": '"7"' }, body: { name: "Taken over" } }],
  ["PATCH", { headers: ANY, body: { name: "Taken over" } }],
  ["PATCH", { headers: { "If-Match": '"7"' }, body: { name: "Taken over" } }],
  ["DELETE", { headers: ANY }],
  ["DELETE", { headers: { "If-Match": '"7"' } }],
];

const CASES: Readonly<Record<string, (server: Server) => Promise<void>>> = {
  "a contact exists for its owner and for admins only": async (server) => {
    const path = await create(server, "ada", { name: "Ada", email: "ada@example.com" });
    for (const [method, sent] of REQUESTS) {
      const missing = distinguishable(await as(server, "bob", `${method} ${MISSING}`, sent));
      assertEquals(distinguishable(await as(server, "bob", `${method} ${path}`, sent)), missing, method);
      assertEquals((await as(server, "bob", `${method} ${path}`, sent)).status, 404, method);
    }
    const unchanged = await as(server, "ada", `GET ${path}`);
    assertEquals([unchanged.status, unchanged.body?.data?.name, unchanged.headers.get("etag")], [
      200,
      "Ada",
      '"1"',
    ]);
    assertEquals((await as(server, "admin", `GET ${path}`)).status, 200);
    const change = { headers: ANY, body: { name: "Ada King" } };
    assertEquals((await as(server, "admin", `PATCH ${path}`, change)).status, 200);
    // The owner has not changed.
    assertEquals((await as(server, "ada", `GET ${path}`)).body?.data?.name, "Ada King");
    assertEquals((await as(server, "ada", `DELETE ${path}`, { headers: ANY })).status, 204);
  },
  "lists and totals include the caller's contacts only": async (server) => {
    for (const name of ["A1", "A2", "A3"]) await create(server, "ada", { name });
    await create(server, "bob", { name: "B1", email: "bob@example.com" });
    assertEquals(await names(server, "ada"), ["A1", "A2", "A3"]);
    assertEquals(await names(server, "bob"), ["B1"]);
    assertEquals(await names(server, "admin"), ["A1", "A2", "A3", "B1"]);
    assertEquals(await names(server, "ada", "?email=bob@example.com"), []);
    assertEquals(await names(server, "ada", "?name=b"), []);
    const page = await as(server, "ada", "GET /v1/contacts?page=1&pageSize=2");
    assertEquals([page.body?.meta?.["totalItems"], page.body?.data?.length], [3, 2]);
  },
  "a cursor is valid for one caller only": async (server) => {
    for (const token of ["ada", "bob"]) {
      for (const name of ["1", "2", "3"]) await create(server, token, { name });
    }
    const first = await as(server, "ada", "GET /v1/contacts?limit=1");
    const next = `GET /v1/contacts?limit=1&after=${first.body?.meta?.["nextCursor"]}`;
    assertEquals((await as(server, "ada", next)).status, 200);
    for (const token of ["bob", "admin"]) {
      const { status, body } = await as(server, token, next);
      assertEquals([status, body?.invalidParams?.[0]?.name], [400, "after"], token);
    }
  },
  "lists of different callers have different ETags": async (server) => {
    await create(server, "ada", { name: "Ada" });
    const mine = await as(server, "ada", "GET /v1/contacts");
    const headers = { "If-None-Match": mine.headers.get("etag") ?? "" };
    assertEquals((await as(server, "ada", "GET /v1/contacts", { headers })).status, 304);
    assertNotEquals((await as(server, "bob", "GET /v1/contacts", { headers })).status, 304);
  },
  "an e-mail address is unique across owners": async (server) => {
    await create(server, "ada", { name: "Ada", email: "ada@example.com" });
    const { status, body } = await as(server, "bob", "POST /v1/contacts", {
      body: { name: "Bob", email: "ADA@example.com" },
    });
    assertEquals([status, body?.type], [409, "/problems/email-taken"]);
  },
  "clients can neither set nor read the owner": async (server) => {
    const { status, body } = await as(server, "ada", "POST /v1/contacts", {
      body: { name: "Ada", owner: "bob" },
    });
    assertEquals([status, body?.invalidParams?.[0]?.name], [422, "owner"]);
    const path = await create(server, "ada", { name: "Ada" });
    for (
      const [contentType, patch] of [
        ["application/merge-patch+json", { owner: "bob" }],
        ["application/json-patch+json", [{ op: "add", path: "/owner", value: "bob" }]],
      ] as const
    ) {
      const response = await as(server, "ada", `PATCH ${path}`, {
        headers: { ...ANY, "Content-Type": contentType },
        body: patch,
      });
      assertEquals(response.status, 422, contentType);
    }
    const read = await as(server, "ada", `GET ${path}`);
    assertEquals(Object.keys(read.body?.data ?? {}).sort(), [
      "createdAt",
      "email",
      "id",
      "name",
      "updatedAt",
    ]);
  },
  "operations require their scopes": async (server) => {
    const path = await create(server, "ada", { name: "Ada" });
    assertEquals((await as(server, "reader", `GET ${path}`)).status, 200);
    assertEquals((await as(server, "reader", "GET /v1/contacts")).status, 200);
    for (const [method, sent] of REQUESTS.filter(([method]) => method !== "GET")) {
      assertEquals((await as(server, "reader", `${method} ${path}`, sent)).status, 403, method);
    }
    assertEquals((await as(server, "reader", "POST /v1/contacts", { body: { name: "Eve" } })).status, 403);
    assertEquals((await sendRequest(server, `GET ${path}`)).status, 401);
  },
};

for (const [name, open] of Object.entries(DATABASES)) {
  Deno.test(`Ownership of contacts on ${name}`, async (t) => {
    await using database = await open();
    await using server = contactServer(database.pool, withAuthenticator(authenticator));
    for (const [title, run] of Object.entries(CASES)) {
      await t.step(title, async () => {
        await database.pool.writer().query("delete from contacts");
        await run(server);
      });
    }
    await t.step("contacts created while authentication was off are visible to admins", async () => {
      await database.pool.writer().query("delete from contacts");
      await using open = contactServer(database.pool);
      const { headers } = await sendRequest(open, "POST /v1/contacts", { body: { name: "Old" } });
      const path = headers.get("location");
      assert(path !== null);
      assertEquals((await as(server, "ada", `GET ${path}`)).status, 404);
      assertEquals((await as(server, "admin", `GET ${path}`)).status, 200);
      await create(server, "ada", { name: "New" });
      const { body } = await sendRequest(open, "GET /v1/contacts");
      assertEquals(body?.data?.map(({ name }) => name), ["New", "Old"]);
    });
  });
}
