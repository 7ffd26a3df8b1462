import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Server } from "@archway/server/server.ts";
import { DATABASES } from "@archway/tools/support/databases.ts";
import { type ReceivedResponse, sendRequest } from "@archway/tools/support/send_request.ts";
import { contactServer } from "@archway/tools/support/contact_server.ts";

const LIST = "GET /v1/contacts";

const CASES: Readonly<Record<string, (server: Server) => Promise<void>>> = {
  "every write returns a token, and every read accepts it": async (server) => {
    const created = await sendRequest(server, "POST /v1/contacts", { body: { name: "Ada" } });
    const path = created.headers.get("location") ?? "";
    const change = { body: { name: "Ada King" }, headers: { "If-Match": "*" } };
    const responses = [
      created,
      await sendRequest(server, `PUT ${path}`, change),
      await sendRequest(server, `PATCH ${path}`, { ...change, body: { name: "Ada Byron" } }),
    ];
    for (const response of responses) {
      for (const line of [`GET ${path}`, LIST, `${LIST}?page=1`, `HEAD ${path}`]) {
        assertEquals((await sendRequest(server, line, carry(response))).status, 200, line);
      }
    }
    const deleted = await sendRequest(server, `DELETE ${path}`, { headers: { "If-Match": "*" } });
    assertEquals([deleted.status, (await sendRequest(server, `GET ${path}`, carry(deleted))).status], [
      204,
      404,
    ]);
    // Without replicas, they all ask for the primary.
    assertEquals(new Set([...responses, deleted].map(tokenOf)).size, 1);
  },
  "reads and failed writes return no token": async (server) => {
    const { headers } = await sendRequest(server, "POST /v1/contacts", { body: { name: "Ada" } });
    const path = headers.get("location") ?? "";
    const others = [
      await sendRequest(server, `GET ${path}`),
      await sendRequest(server, "POST /v1/contacts", { body: { name: "" } }),
      await sendRequest(server, `PUT ${path}`, { body: { name: "Ada" }, headers: { "If-Match": '"7"' } }),
    ];
    assertEquals(others.map(({ status, headers }) => [status, headers.get("consistency-token")]), [
      [200, null],
      [422, null],
      [412, null],
    ]);
  },
  "a foreign token is rejected with the name of the header": async (server) => {
    const token = tokenOf(await sendRequest(server, "POST /v1/contacts", { body: { name: "Ada" } }));
    const path = "/v1/contacts/01a2023b-983b-7000-83d3-81c8f54d2496";
    const bad = [
      "",
      "x",
      token.slice(1),
      token.slice(0, -1),
      `${token}, ${token}`,
      "A".repeat(66),
      "A".repeat(300),
    ];
    for (const text of bad) {
      for (const line of [`GET ${path}`, LIST, `${LIST}?page=1`]) {
        const { status, body } = await sendRequest(server, line, { headers: { "Consistency-Token": text } });
        const [param] = body?.invalidParams ?? [];
        assertEquals(
          [status, param?.in, param?.name],
          [400, "header", "Consistency-Token"],
          `${line} ${text}`,
        );
      }
    }
  },
  "a token does not change the response to a conditional read": async (server) => {
    const created = await sendRequest(server, "POST /v1/contacts", { body: { name: "Ada" } });
    const read = `GET ${created.headers.get("location")}`;
    const tag = { "If-None-Match": created.headers.get("etag") ?? "" };
    const { status, headers } = await sendRequest(server, read, {
      headers: { ...carry(created).headers, ...tag },
    });
    assertEquals([status, headers.get("etag"), headers.get("vary")], [304, '"1"', null]);
    const bad = await sendRequest(server, read, { headers: { ...tag, "Consistency-Token": "x" } });
    assertEquals(bad.status, 400);
  },
};

for (const [database, open] of Object.entries(DATABASES)) {
  Deno.test(`Consistency-Token on ${database}`, async (test) => {
    await using opened = await open();
    await using server = contactServer(opened.pool);
    for (const [name, run] of Object.entries(CASES)) await test.step(name, () => run(server));
  });
}

function tokenOf({ headers }: ReceivedResponse): string {
  const token = headers.get("consistency-token");
  assert(token !== null);
  assertMatch(token, /^[\w-]{66}$/);
  return token;
}

function carry(response: ReceivedResponse): { readonly headers: Readonly<Record<string, string>> } {
  return { headers: { "Consistency-Token": tokenOf(response) } };
}
