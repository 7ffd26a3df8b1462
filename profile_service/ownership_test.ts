import { assertEquals } from "@std/assert";
import { type Authenticator, InvalidTokenError } from "@archway/server/authenticator.ts";
import type { Principal } from "@archway/server/request_context.ts";
import type { Server } from "@archway/server/server.ts";
import { withAuthenticator } from "@archway/server/server_options.ts";
import { type ReceivedResponse, sendRequest } from "@archway/tools/support/send_request.ts";
import { PROFILE_DATABASES } from "./testing/profile_databases.ts";
import { profileServer } from "./testing/profile_server.ts";

const SCOPES: Readonly<Record<string, readonly string[]>> = {
  ada: ["profiles:read", "profiles:write"],
  bob: ["profiles:read", "profiles:write"],
  admin: ["profiles:read", "profiles:write", "profiles:admin"],
  reader: ["profiles:read"],
};

/** Accepts the name of a subject as its token. */
const authenticator: Authenticator = {
  authenticate(token): Principal {
    const scopes = SCOPES[token];
    if (scopes === undefined) throw new InvalidTokenError("Unknown subject");
    return { subject: token, scopes: new Set(scopes) };
  },
};

function as(server: Server, token: string, line: string, body?: unknown): Promise<ReceivedResponse> {
  const headers = {
    Authorization: `Bearer ${token}`,
    ...(/^(?:GET|POST) /.test(line) ? {} : { "If-Match": "*" }),
  };
  return sendRequest(server, line, { headers, ...(body !== undefined && { body }) });
}

async function create(server: Server, token: string, body: unknown): Promise<string> {
  const headers = { Authorization: `Bearer ${token}` };
  const created = await sendRequest(server, "POST /v1/profiles", { headers, body });
  assertEquals(created.status, 201);
  return created.headers.get("location") ?? "";
}

const CHANGE = { name: "Taken over" };

/** Ownership rules of profiles; platform/service_kit tests those that all resources share. */
const CASES: Readonly<Record<string, (server: Server) => Promise<void>>> = {
  "a profile is visible only to its owner and to administrators": async (server) => {
    const path = await create(server, "ada", { name: "Ada" });
    const statuses = async (token: string): Promise<readonly number[]> => [
      (await as(server, token, `GET ${path}`)).status,
      (await as(server, token, `PUT ${path}`, CHANGE)).status,
      (await as(server, token, `PATCH ${path}`, CHANGE)).status,
    ];
    assertEquals(await statuses("bob"), [404, 404, 404]);
    assertEquals((await as(server, "bob", `DELETE ${path}`)).status, 404);
    assertEquals(await statuses("ada"), [200, 200, 200]);
    assertEquals(await statuses("admin"), [200, 200, 200]);
    assertEquals((await as(server, "ada", `DELETE ${path}`)).status, 204);
  },
  "lists contain only the caller's profiles, or all for administrators": async (server) => {
    await create(server, "ada", { name: "Ada" });
    await create(server, "bob", { name: "Bob" });
    const names = async (token: string): Promise<readonly string[] | undefined> =>
      (await as(server, token, "GET /v1/profiles")).body?.data?.map(({ name }) => name);
    assertEquals(await names("ada"), ["Ada"]);
    assertEquals(await names("admin"), ["Bob", "Ada"]);
  },
  "e-mail addresses are unique across owners": async (server) => {
    await create(server, "ada", { name: "Ada", email: "ada@example.com" });
    const { status, body } = await as(server, "bob", "POST /v1/profiles", {
      name: "Bob",
      email: "ADA@example.com",
    });
    assertEquals([status, body?.type], [409, "/problems/email-taken"]);
  },
  "scopes determine the permitted operations": async (server) => {
    const path = await create(server, "ada", { name: "Ada" });
    for (const line of ["POST /v1/profiles", `PUT ${path}`, `PATCH ${path}`, `DELETE ${path}`]) {
      const body = line.startsWith("DELETE") ? undefined : CHANGE;
      assertEquals((await as(server, "reader", line, body)).status, 403, line);
    }
    assertEquals((await as(server, "reader", "GET /v1/profiles")).status, 200);
    assertEquals((await sendRequest(server, `GET ${path}`)).status, 401);
  },
};

for (const [name, open] of Object.entries(PROFILE_DATABASES)) {
  Deno.test(`Profile ownership on ${name}`, async (t) => {
    await using database = await open();
    await using server = profileServer(database.pool, withAuthenticator(authenticator));
    for (const [title, run] of Object.entries(CASES)) {
      await t.step(title, async () => {
        await database.pool.writer().query("delete from profiles");
        await run(server);
      });
    }
  });
}
