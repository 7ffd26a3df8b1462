import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Server } from "@archway/server/server.ts";
import { DATABASES } from "@archway/tools/support/databases.ts";
import { type ReceivedResponse, sendRequest } from "@archway/tools/support/send_request.ts";
import { contactServer } from "@archway/tools/support/contact_server.ts";

const MISSING = "/v1/contacts/01a2023b-983b-7000-83d3-81c8f54d2496";
const MERGE = { "Content-Type": "application/merge-patch+json" };
const JSON_PATCH = { "Content-Type": "application/json-patch+json" };

async function create(server: Server, body: unknown = { name: "Ada" }): Promise<string> {
  const { status, headers } = await sendRequest(server, "POST /v1/contacts", { body });
  assertEquals(status, 201);
  return headers.get("location") ?? "";
}

function problem({ status, body }: ReceivedResponse): [number, string | undefined] {
  return [status, body?.type?.split("/").at(-1)];
}

function invalidParams({ body }: ReceivedResponse): string[] {
  return body?.invalidParams?.map((param) => `${param.in} ${param.pointer ?? param.name}`).sort() ?? [];
}

/** Behaviour of the API on every database. Each case starts with an empty table. */
const CASES: Readonly<Record<string, (server: Server) => Promise<void>>> = {
  "an id is a UUID in canonical form": async (server) => {
    const path = await create(server);
    const id = path.split("/").at(-1) ?? "";
    assertEquals((await sendRequest(server, `GET /v1/contacts/${id.toUpperCase()}`)).status, 200);
    for (const other of [`urn:uuid:${id}`, `{${id}}`, id.replaceAll("-", ""), `${id}%20`, "x", "%00"]) {
      const response = await sendRequest(server, `GET /v1/contacts/${other}`);
      assertEquals([response.status, ...invalidParams(response)], [400, "path id"], other);
    }
  },
  "an empty or malformed If-None-Match is ignored": async (server) => {
    const path = await create(server);
    for (const tag of ["", "1", '"1', '*, "1"']) {
      const read = await sendRequest(server, `GET ${path}`, { headers: { "If-None-Match": tag } });
      assertEquals(read.status, 200, tag);
    }
  },
  "a change requires a well-formed If-Match with the current version": async (server) => {
    const path = await create(server);
    const body = { name: "Ada King" };
    for (const method of ["PUT", "PATCH", "DELETE"]) {
      const sent = method === "DELETE" ? {} : { body };
      assertEquals((await sendRequest(server, `${method} ${path}`, sent)).status, 428);
      for (const tag of ["1", '"1', '"1" "2"', "**"]) {
        const malformed = await sendRequest(server, `${method} ${path}`, {
          ...sent,
          headers: { "If-Match": tag },
        });
        assertEquals([malformed.status, ...invalidParams(malformed)], [400, "header If-Match"]);
      }
      for (const tag of ['"2"', 'W/"1"', '"x"', '"01"']) {
        const stale = await sendRequest(server, `${method} ${path}`, {
          ...sent,
          headers: { "If-Match": tag },
        });
        assertEquals([...problem(stale), stale.headers.get("etag")], [412, "contact-changed", '"1"']);
      }
      const missing = await sendRequest(server, `${method} ${MISSING}`, {
        ...sent,
        headers: { "If-Match": '"9"' },
      });
      assertEquals(problem(missing), [404, "contact-not-found"]);
    }
    const listed = await sendRequest(server, `PUT ${path}`, { body, headers: { "If-Match": '"7", "1"' } });
    assertEquals([listed.status, listed.headers.get("etag")], [200, '"2"']);
    const any = await sendRequest(server, `PUT ${path}`, { body, headers: { "If-Match": "*" } });
    assertEquals([any.status, any.headers.get("etag")], [200, '"3"']);
  },
  "PUT clears absent members, a merge patch clears members set to null": async (server) => {
    const path = await create(server, { name: "Ada", email: "ada@example.com", age: 36 });
    const merged = await sendRequest(server, `PATCH ${path}`, {
      headers: { ...MERGE, "If-Match": '"1"' },
      body: { age: null },
    });
    assertEquals([merged.body?.data?.email, merged.body?.data?.age], ["ada@example.com", undefined]);
    const plain = await sendRequest(server, `PATCH ${path}`, {
      headers: { "If-Match": '"2"' },
      body: { age: 37 },
    });
    assertEquals([plain.body?.data?.email, plain.body?.data?.age], ["ada@example.com", 37]);
    const put = await sendRequest(server, `PUT ${path}`, {
      headers: { "If-Match": '"3"' },
      body: { name: "Ada" },
    });
    assertEquals([put.body?.data?.email, put.body?.data?.age], [null, undefined]);
  },
  "a JSON Patch applies as a whole or not at all": async (server) => {
    const path = await create(server, { name: "Ada", age: 36 });
    const headers = { ...JSON_PATCH, "If-Match": '"1"' };
    const failed = await sendRequest(server, `PATCH ${path}`, {
      headers,
      body: [{ op: "replace", path: "/age", value: 40 }, { op: "test", path: "/name", value: "Bob" }],
    });
    assertEquals([...problem(failed), ...invalidParams(failed)], [422, "patch-failed", "body /1"]);
    for (
      const [operation, pointer] of [
        [{ op: "replace", path: "/id", value: "x" }, "/id"],
        [{ op: "add", path: "/role", value: "admin" }, "/role"],
        [{ op: "remove", path: "/name" }, "/name"],
        [{ op: "replace", path: "/age", value: 0 }, "/age"],
        [{ op: "remove", path: "/nothing" }, "/0"],
        [{ op: "replace", path: "", value: [] }, ""],
      ] as const
    ) {
      const refused = await sendRequest(server, `PATCH ${path}`, { headers, body: [operation] });
      assertEquals([refused.status, ...invalidParams(refused)], [422, `body ${pointer}`]);
    }
    const unchanged = await sendRequest(server, `PATCH ${path}`, { headers, body: [] });
    assertEquals([unchanged.status, unchanged.headers.get("etag")], [200, '"1"']);
    const applied = await sendRequest(server, `PATCH ${path}`, {
      headers,
      body: [{ op: "test", path: "/age", value: 36 }, { op: "add", path: "/email", value: "a@example.com" }],
    });
    assertEquals([applied.status, applied.body?.data?.email, applied.headers.get("etag")], [
      200,
      "a@example.com",
      '"2"',
    ]);
  },
  "of concurrent changes to one version exactly one succeeds": async (server) => {
    const path = await create(server);
    const headers = { ...MERGE, "If-Match": '"1"' };
    const responses = await Promise.all(
      Array.from(
        { length: 12 },
        (_, age) => sendRequest(server, `PATCH ${path}`, { headers, body: { age: age + 1 } }),
      ),
    );
    const statuses = responses.map(({ status }) => status).sort();
    assertEquals(statuses, [200, ...Array<number>(11).fill(412)]);
  },
  "all validation errors of a body are reported at once": async (server) => {
    const body = { name: " ", email: "ada", age: 0.5, id: "x" };
    const refused = await sendRequest(server, "POST /v1/contacts", { body });
    assertEquals([refused.status, ...invalidParams(refused)], [
      422,
      "body /age",
      "body /email",
      "body /id",
      "body /name",
    ]);
    const empty = await sendRequest(server, "POST /v1/contacts", { body: {} });
    assertEquals([empty.status, ...invalidParams(empty)], [422, "body /name"]);
  },
  "a list links to its neighbours and keeps its ETag until a contact changes": async (server) => {
    for (const name of ["Ada", "Bob", "Cyd"]) await create(server, { name });
    const first = await sendRequest(server, "GET /v1/contacts?limit=2");
    assertEquals(first.body?.data?.map(({ name }) => name), ["Cyd", "Bob"]);
    assertEquals(Object.keys(first.body?.meta?.["etags"] ?? {}).length, 2);
    const etag = first.headers.get("etag") ?? "";
    const again = await sendRequest(server, "GET /v1/contacts?limit=2", {
      headers: { "If-None-Match": etag },
    });
    assertEquals([again.status, again.body, again.headers.get("etag")], [304, undefined, etag]);
    const next = await sendRequest(
      server,
      `GET /v1/contacts?limit=2&after=${first.body?.meta?.["nextCursor"]}`,
    );
    assertEquals([next.body?.data?.map(({ name }) => name), next.body?.meta?.["nextCursor"]], [
      ["Ada"],
      undefined,
    ]);
    assertMatch(
      next.headers.get("link") ?? "",
      /^<http:\/\/localhost\/v1\/contacts\?limit=2>; rel="first", <[^>]+before=[^>]+>; rel="prev"$/,
    );
    await create(server);
    const changed = await sendRequest(server, "GET /v1/contacts?limit=2", {
      headers: { "If-None-Match": etag },
    });
    assertEquals(changed.status, 200);
  },
  "pages by number have totals": async (server) => {
    for (const name of ["Ada", "Bob", "Cyd"]) await create(server, { name });
    const { body, headers } = await sendRequest(server, "GET /v1/contacts?page=2&pageSize=2&name=");
    assertEquals(body?.invalidParams?.map(({ name }) => name), ["name"]);
    assertEquals(headers.get("link"), null);
    const page = await sendRequest(server, "GET /v1/contacts?page=2&pageSize=2");
    const { requestId, etags, ...meta } = page.body?.meta ?? {};
    assertEquals(meta, { mode: "offset", page: 2, pageSize: 2, totalItems: 3, totalPages: 2 });
    assertEquals(requestId, page.headers.get("x-request-id"));
    assertEquals(Object.values(etags ?? {}), ['"1"']);
    const rels = [...(page.headers.get("link") ?? "").matchAll(/page=(\d)>; rel="(\w+)"/g)].map((
      [, at, rel],
    ) => [rel, at]);
    assertEquals(rels, [["first", "1"], ["prev", "1"], ["last", "2"]]);
    const far = await sendRequest(server, "GET /v1/contacts?page=2147483647&pageSize=200");
    assertEquals([far.status, far.body?.data], [200, []]);
  },
  "a cursor is valid only unmodified and for its own list": async (server) => {
    for (const name of ["Ada", "Bob"]) await create(server, { name });
    const { body } = await sendRequest(server, "GET /v1/contacts?limit=1");
    const cursor = String(body?.meta?.["nextCursor"]);
    for (
      const query of [
        `after=${cursor}&name=A`,
        `before=${cursor}`,
        `after=${cursor.slice(1)}`,
        "after=x",
        `before=${"A".repeat(1024)}`,
      ]
    ) {
      const refused = await sendRequest(server, `GET /v1/contacts?${query}`);
      assertEquals([...problem(refused), ...invalidParams(refused)], [
        400,
        "invalid-page",
        `query ${query.split("=")[0]}`,
      ]);
    }
    const both = await sendRequest(server, `GET /v1/contacts?after=${cursor}&before=${cursor}`);
    assertEquals([both.status, ...invalidParams(both)], [400, "query before"]);
    const mixed = await sendRequest(server, `GET /v1/contacts?page=1&limit=1&after=${cursor}`);
    assertEquals([mixed.status, ...invalidParams(mixed)], [400, "query after", "query limit"]);
    for (const query of ["limit=0", "limit=201", "page=0", "pageSize=201"]) {
      const refused = await sendRequest(server, `GET /v1/contacts?${query}`);
      assertEquals([refused.status, ...invalidParams(refused)], [400, `query ${query.split("=")[0]}`], query);
    }
  },
  "every path lists its methods": async (server) => {
    const path = await create(server);
    const options = await sendRequest(server, `OPTIONS ${path}`);
    assertEquals([options.status, options.headers.get("allow")], [
      204,
      "GET, HEAD, PUT, PATCH, DELETE, OPTIONS",
    ]);
    assertMatch(options.headers.get("accept-patch") ?? "", /application\/merge-patch\+json/);
    assertEquals((await sendRequest(server, `POST ${path}`, { body: {} })).status, 405);
    const head = await sendRequest(server, `HEAD ${path}`);
    assertEquals([head.status, head.body, head.headers.get("etag")], [200, undefined, '"1"']);
    const wrong = await sendRequest(server, `PATCH ${path}`, {
      headers: { "If-Match": "*", "Content-Type": "text/plain" },
      body: {},
    });
    assertEquals(wrong.status, 415);
    assert(wrong.headers.has("accept-patch"));
    assertEquals(
      (await sendRequest(server, `GET ${path}`, { headers: { Accept: "text/html" } })).status,
      406,
    );
  },
};

for (const [name, open] of Object.entries(DATABASES)) {
  Deno.test(`Resource API on ${name}`, async (t) => {
    await using database = await open();
    await using server = contactServer(database.pool);
    for (const [title, run] of Object.entries(CASES)) {
      await t.step(title, async () => {
        await database.pool.writer().query("delete from contacts");
        await run(server);
      });
    }
  });
}
