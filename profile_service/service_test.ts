import { assertEquals, assertMatch } from "@std/assert";
import type { Server } from "@archway/server/server.ts";
import { PROFILE_DATABASES } from "./testing/profile_databases.ts";
import { type ReceivedResponse, sendRequest } from "@archway/tools/support/send_request.ts";
import { profileServer } from "./testing/profile_server.ts";

const MISSING = "/v1/profiles/01a2023b-983b-7000-83d3-81c8f54d2496";
const MERGE = { "Content-Type": "application/merge-patch+json" };
const JSON_PATCH = { "Content-Type": "application/json-patch+json" };

async function create(server: Server, body: unknown = { name: "Ada" }): Promise<string> {
  const { status, headers } = await sendRequest(server, "POST /v1/profiles", { body });
  assertEquals(status, 201);
  return headers.get("location") ?? "";
}

function problem({ status, body }: ReceivedResponse): [number, string | undefined] {
  return [status, body?.type?.split("/").at(-1)];
}

function invalidParams({ body }: ReceivedResponse): string[] {
  return body?.invalidParams?.map((param) => `${param.in} ${param.pointer ?? param.name}`).sort() ?? [];
}

/** HTTP behavior on every database. Each case starts with an empty table. */
const CASES: Readonly<Record<string, (server: Server) => Promise<void>>> = {
  "POST stores the profile, trimmed; the representation omits an absent age": async (server) => {
    const { body, headers } = await sendRequest(server, "POST /v1/profiles", { body: { name: " Ada " } });
    const { id, name, email, age } = body?.data ?? {};
    assertEquals([name, email, age, headers.get("etag")], ["Ada", null, undefined, '"1"']);
    const read = await sendRequest(server, `GET ${headers.get("location")}`);
    assertEquals([read.status, read.body?.data], [200, body?.data]);
    assertEquals(read.headers.get("location"), null);
    assertMatch(id ?? "", /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
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
        assertEquals([...problem(stale), stale.headers.get("etag")], [412, "profile-changed", '"1"']);
      }
      const missing = await sendRequest(server, `${method} ${MISSING}`, {
        ...sent,
        headers: { "If-Match": '"9"' },
      });
      assertEquals(problem(missing), [404, "profile-not-found"]);
    }
    const listed = await sendRequest(server, `PUT ${path}`, { body, headers: { "If-Match": '"7", "1"' } });
    assertEquals([listed.status, listed.headers.get("etag")], [200, '"2"']);
    const any = await sendRequest(server, `PUT ${path}`, { body, headers: { "If-Match": "*" } });
    assertEquals([any.status, any.headers.get("etag")], [200, '"3"']);
  },
  "PUT clears omitted properties, a merge patch those set to null": async (server) => {
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
  "a name has a visible character, and an e-mail address at most 64 before @": async (server) => {
    for (const name of ["\u200b", "\u200b\u2060 \ufeff", "\u3164", "\u00ad\ufe0f"]) {
      const refused = await sendRequest(server, "POST /v1/profiles", { body: { name } });
      assertEquals([refused.status, ...invalidParams(refused)], [422, "body /name"], JSON.stringify(name));
    }
    for (const name of ["\u200bAda", "👩\u200d💻", "نام\u200cه"]) await create(server, { name });
    const local = "a".repeat(64);
    await create(server, { name: "Ada", email: `${local}@example.com` });
    const body = { name: "Ada", email: `${local}a@example.com` };
    const refused = await sendRequest(server, "POST /v1/profiles", { body });
    assertEquals([refused.status, ...invalidParams(refused)], [422, "body /email"]);
  },
  "a body larger than 16 KiB is rejected before it is parsed": async (server) => {
    const members = Array.from({ length: 100_000 }, (_, index) => [`m${index}`, 0]);
    const body = { name: "Ada", ...Object.fromEntries(members) };
    const refused = await sendRequest(server, "POST /v1/profiles", { body });
    assertEquals(problem(refused), [413, "content-too-large"]);
  },
  "an e-mail address is unique among active profiles, regardless of case": async (server) => {
    const path = await create(server, { name: "Ada", email: "Ada@example.com" });
    const other = await create(server, { name: "Bob" });
    const body = { name: "Bob", email: "ADA@example.com" };
    assertEquals(problem(await sendRequest(server, "POST /v1/profiles", { body })), [409, "email-taken"]);
    assertEquals(
      (await sendRequest(server, `PUT ${other}`, { body, headers: { "If-Match": "*" } })).status,
      409,
    );
    assertEquals((await sendRequest(server, `DELETE ${path}`, { headers: { "If-Match": "*" } })).status, 204);
    assertEquals(problem(await sendRequest(server, `GET ${path}`)), [404, "profile-not-found"]);
    assertEquals(
      (await sendRequest(server, `PUT ${other}`, { body, headers: { "If-Match": "*" } })).status,
      200,
    );
  },
  "of many concurrent changes to one version, one succeeds": async (server) => {
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
  "of many concurrent requests for one e-mail address, one succeeds": async (server) => {
    const body = { name: "Ada", email: "ada@example.com" };
    const responses = await Promise.all(
      Array.from({ length: 12 }, () => sendRequest(server, "POST /v1/profiles", { body })),
    );
    assertEquals(responses.map(({ status }) => status).sort(), [201, ...Array<number>(11).fill(409)]);
  },
  "all validation errors of a body are reported at once": async (server) => {
    const body = { name: " ", email: "no address", age: 0.5, id: "x" };
    const refused = await sendRequest(server, "POST /v1/profiles", { body });
    assertEquals([refused.status, ...invalidParams(refused)], [
      422,
      "body /age",
      "body /email",
      "body /id",
      "body /name",
    ]);
    const empty = await sendRequest(server, "POST /v1/profiles", { body: {} });
    assertEquals([empty.status, ...invalidParams(empty)], [422, "body /name"]);
  },
  "a list can be filtered by name prefix and by e-mail address": async (server) => {
    await create(server, { name: "Ada", email: "Ada@example.com" });
    for (const name of ["Adam", "Bob"]) await create(server, { name });
    const names = async (query: string): Promise<readonly string[] | undefined> =>
      (await sendRequest(server, `GET /v1/profiles?${query}`)).body?.data?.map(({ name }) => name);
    assertEquals(await names("name=ADA"), ["Adam", "Ada"]);
    assertEquals(await names("email=ada@example.COM"), ["Ada"]);
    assertEquals(await names("name=b&email=ada@example.com"), []);
    assertEquals(await names("page=1&pageSize=1&name=ad"), ["Adam"]);
  },
  "a write returns a consistency token that reads accept": async (server) => {
    const created = await sendRequest(server, "POST /v1/profiles", { body: { name: "Ada" } });
    const headers = { "Consistency-Token": created.headers.get("consistency-token") ?? "" };
    for (const line of [`GET ${created.headers.get("location")}`, "GET /v1/profiles"]) {
      assertEquals((await sendRequest(server, line, { headers })).status, 200, line);
      assertEquals(
        (await sendRequest(server, line, { headers: { "Consistency-Token": "x" } })).status,
        400,
        line,
      );
    }
  },
};

for (const [name, open] of Object.entries(PROFILE_DATABASES)) {
  Deno.test(`Profile API on ${name}`, async (t) => {
    await using database = await open();
    await using server = profileServer(database.pool);
    for (const [title, run] of Object.entries(CASES)) {
      await t.step(title, async () => {
        await database.pool.writer().query("delete from profiles");
        await run(server);
      });
    }
  });
}
