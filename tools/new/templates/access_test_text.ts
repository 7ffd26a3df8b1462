import { literal, samplesOf } from "../field_samples.ts";
import { parentProperty } from "../find_parent.ts";
import type { NewService } from "../new_service.ts";
import { databasesName } from "./testing.ts";

/** Returns the tests of scopes and ownership, on every database. */
export function accessTestText({ names, fields, isOwned, parent }: NewService): string {
  const { singular, plural, path } = names;
  const [Type, type] = [singular.pascal, singular.camel];
  const ofParent = parent && parentProperty(parent);
  const more = parent === undefined ? "" : `, ...${parent.names.snake.toUpperCase()}_SCOPES`;
  const body = literal(
    Object.fromEntries(
      fields.map((
        field,
      ) => [field.name.camel, field.name.camel === ofParent ? "" : samplesOf(field).json[0]]),
    ),
  );
  const ownership =
    `  "${names.one} is accessible only to its owner and to administrators": async (server) => {
    const path = await create(server, "ada");
    const statuses = async (token: string): Promise<readonly number[]> => [
      (await as(server, token, \`GET \${path}\`)).status,
      (await as(server, token, \`PUT \${path}\`, BODY)).status,
      (await as(server, token, \`PATCH \${path}\`, BODY)).status,
    ];
    assertEquals(await statuses("bob"), [404, 404, 404]);
    assertEquals((await as(server, "bob", \`DELETE \${path}\`)).status, 404);
    assertEquals(await statuses("ada"), [200, 200, 200]);
    assertEquals(await statuses("admin"), [200, 200, 200]);
    assertEquals((await as(server, "ada", \`DELETE \${path}\`)).status, 204);
  },
  "lists contain only the ${plural.words} of the caller, or all for administrators": async (server) => {
    await create(server, "ada");
    await create(server, "bob");
    const count = async (token: string): Promise<number | undefined> =>
      (await as(server, token, "GET ${path}")).body?.data?.length;
    assertEquals([await count("ada"), await count("bob"), await count("admin")], [1, 1, 2]);
  },`;
  const shared = `  "${names.one} is accessible to every caller with the scope": async (server) => {
    const path = await create(server, "ada");
    assertEquals((await as(server, "bob", \`GET \${path}\`)).status, 200);
    assertEquals((await as(server, "bob", "GET ${path}")).body?.data?.length, 1);
    assertEquals((await as(server, "bob", \`DELETE \${path}\`)).status, 204);
  },`;
  return `import { assertEquals } from "@std/assert";
import { type Authenticator, InvalidTokenError } from "@archway/server/authenticator.ts";
import type { Principal } from "@archway/server/request_context.ts";
import type { Server } from "@archway/server/server.ts";
import { withAuthenticator } from "@archway/server/server_options.ts";
import { type ReceivedResponse, sendRequest } from "@archway/tools/support/send_request.ts";
import { ${databasesName(names)} } from "./testing/${singular.snake}_databases.ts";
import { ${type}Server } from "./testing/${singular.snake}_server.ts";
${
    parent === undefined
      ? ""
      : `import { create${parent.names.pascal}, ${parent.names.snake.toUpperCase()}_SCOPES } from "./testing/create_${parent.names.snake}.ts";\n`
  }
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  ada: ["${plural.kebab}:read", "${plural.kebab}:write"${more}],
  bob: ["${plural.kebab}:read", "${plural.kebab}:write"${more}],
${
    isOwned
      ? `  admin: ["${plural.kebab}:read", "${plural.kebab}:write", "${plural.kebab}:admin"],\n`
      : ""
  }  reader: ["${plural.kebab}:read"],
};

/** Accepts the name of a subject as its token. */
const authenticator: Authenticator = {
  authenticate(token): Principal {
    const scopes = SCOPES[token];
    if (scopes === undefined) throw new InvalidTokenError("Unknown subject");
    return { subject: token, scopes: new Set(scopes) };
  },
};

const BODY = ${body};

function as(server: Server, token: string, line: string, body?: unknown): Promise<ReceivedResponse> {
  const headers = {
    Authorization: \`Bearer \${token}\`,
    ...(/^(?:GET|POST) /.test(line) ? {} : { "If-Match": "*" }),
  };
  return sendRequest(server, line, { headers, ...(body !== undefined && { body }) });
}

async function create(server: Server, token: string): Promise<string> {
${
    parent === undefined
      ? ""
      : `  BODY.${ofParent} = await create${parent.names.pascal}(server, { Authorization: \`Bearer \${token}\` });\n`
  }  const created = await as(server, token, "POST ${path}", BODY);
  assertEquals(created.status, 201);
  return created.headers.get("location") ?? "";
}

/** Rules of access; platform/service_kit tests those that all resources share. */
const CASES: Readonly<Record<string, (server: Server) => Promise<void>>> = {
${isOwned ? ownership : shared}
  "scopes determine the permitted operations": async (server) => {
    const path = await create(server, "ada");
    for (const line of ["POST ${path}", \`PUT \${path}\`, \`PATCH \${path}\`, \`DELETE \${path}\`]) {
      const body = line.startsWith("DELETE") ? undefined : BODY;
      assertEquals((await as(server, "reader", line, body)).status, 403, line);
    }
    assertEquals((await as(server, "reader", "GET ${path}")).status, 200);
    assertEquals((await sendRequest(server, \`GET \${path}\`)).status, 401);
  },
};

for (const [name, open] of Object.entries(${databasesName(names)})) {
  Deno.test(\`${Type} access on \${name}\`, async (t) => {
    await using database = await open();
    await using server = ${type}Server(database.pool, withAuthenticator(authenticator));
    for (const [title, run] of Object.entries(CASES)) {
      await t.step(title, async () => {
        await database.pool.writer().query("delete from ${plural.snake}");
        await run(server);
      });
    }
  });
}
`;
}
