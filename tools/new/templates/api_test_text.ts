import { literal, samplesOf } from "../field_samples.ts";
import { isFilter } from "../field_sql.ts";
import { parentProperty } from "../find_parent.ts";
import type { NewService } from "../new_service.ts";
import { databasesName } from "./testing.ts";

/** Returns the tests of the API, on every database. */
export function apiTestText(service: NewService): string {
  const { parent } = service;
  const text = textWithSamples(service);
  if (parent === undefined) return text;
  const property = parentProperty(parent);
  const { pascal, snake } = parent.names;
  // The id is that of a resource that the tests create.
  const quoted = JSON.stringify(PARENT);
  return text
    .replaceAll(/^const (FIRST|SECOND) = (.*)$/gm, (line) => line.replace(quoted, '""'))
    .replaceAll(quoted, `FIRST.${property}`)
    .replace(
      "    for (const [title, run]",
      `    FIRST.${property} = SECOND.${property} = await create${pascal}(server);\n    for (const [title, run]`,
    )
    .replace(
      `  "all validation errors of a body`,
      `  "the ${parent.names.words} must exist, cannot be changed, and filters the list": async (server) => {
    const [path, ${property}] = [await create(server), await create${pascal}(server)];
    const other = await create(server, { ...FIRST, ${property} });
    const listed = await sendRequest(server, \`GET ${service.names.path}?${property}=\${${property}}\`);
    assertEquals(listed.body?.data?.map(({ id }) => \`${service.names.path}/\${id}\`), [other]);
    const moved = await sendRequest(server, \`PATCH \${path}\`, {
      headers: { "If-Match": '"1"' },
      body: { ${property} },
    });
    assertEquals([moved.status, ...invalidParams(moved)], [422, "body /${property}"]);
    const unknown = await sendRequest(server, "POST ${service.names.path}", {
      body: { ...FIRST, ${property}: "01a2023b-983b-7000-83d3-81c8f54d2496" },
    });
    assertEquals(problem(unknown), [422, "unknown-${parent.names.kebab}"]);
  },
  "all validation errors of a body`,
    )
    .replace(
      "\nconst MISSING",
      `import { create${pascal} } from "./testing/create_${snake}.ts";\n\nconst MISSING`,
    );
}

/** Stands for the id of the resource that others belong to. */
const PARENT = "(parent)";

function textWithSamples({ names, fields, parent }: NewService): string {
  const { singular, plural, path } = names;
  const [Type, type] = [singular.pascal, singular.camel];
  const ofParent = parent && parentProperty(parent);
  const samples = fields.map((field) => ({ field, name: field.name.camel, ...samplesOf(field) })).map((one) =>
    one.name === ofParent ? { ...one, json: [PARENT, PARENT] as const } : one
  );
  const object = (values: readonly (readonly [string, unknown])[]): string =>
    literal(Object.fromEntries(values));
  const [changed] = samples;
  const required = samples.filter(({ field }) => !field.isOptional);
  const optional = samples.filter(({ field }) => field.isOptional);
  const [absent] = optional;
  const filters = samples.filter(({ field, name }) => isFilter(field) && name !== ofParent).map((
    { name, json: [first] },
  ) => `${name}=${first}`);
  const change = object(changed ? [[changed.name, changed.json[1]]] : []);
  const clearing = absent === undefined ? "" : `
  "absent properties are null; PUT clears them, and a merge patch those set to null": async (server) => {
    const path = await create(server, ${object(required.map(({ name, json }) => [name, json[0]]))});
    assertEquals((await sendRequest(server, \`GET \${path}\`)).body?.data?.["${absent.name}"], null);
    const change = (method: string, body: unknown): Promise<ReceivedResponse> =>
      sendRequest(server, \`\${method} \${path}\`, { headers: { "If-Match": "*" }, body });
    const set = await change("PATCH", ${object([[absent.name, absent.json[1]]])});
    assertEquals([set.status, set.body?.data?.["${absent.name}"]], [200, ${literal(absent.json[1])}]);
    const cleared = await change("PATCH", { ${absent.name}: null });
    assertEquals([cleared.status, cleared.body?.data?.["${absent.name}"]], [200, null]);
    await change("PUT", FIRST);
    const replaced = await change("PUT", ${object(required.map(({ name, json }) => [name, json[0]]))});
    assertEquals([replaced.status, replaced.body?.data?.["${absent.name}"]], [200, null]);
  },`;
  const filtering = filters.length === 0 ? "" : `
  "a list can be filtered by each of its filters": async (server) => {
    const paths = [await create(server, FIRST), await create(server, SECOND)];
    for (const filter of ${JSON.stringify(filters)}) {
      const { status, body } = await sendRequest(server, \`GET ${path}?\${filter}\`);
      assertEquals([filter, status, body?.data?.map(({ id }) => \`${path}/\${id}\`)], [filter, 200, paths.slice(0, 1)]);
    }
  },`;
  const missing = required.length === 0 ? "" : `
    const empty = await sendRequest(server, "POST ${path}", { body: {} });
    assertEquals([empty.status, ...invalidParams(empty)], [422, ${
    required.map(({ name }) => `"body /${name}"`).toSorted().join(", ")
  }]);`;
  return `import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Server } from "@archway/server/server.ts";
import { type ReceivedResponse, sendRequest } from "@archway/tools/support/send_request.ts";
import { ${databasesName(names)} } from "./testing/${singular.snake}_databases.ts";
import { ${type}Server } from "./testing/${singular.snake}_server.ts";

const MISSING = "${path}/01a2023b-983b-7000-83d3-81c8f54d2496";
const FIRST = ${object(samples.map(({ name, json }) => [name, json[0]]))};
const SECOND = ${object(samples.map(({ name, json }) => [name, json[1]]))};

async function create(server: Server, body: unknown = FIRST): Promise<string> {
  const { status, headers } = await sendRequest(server, "POST ${path}", { body });
  assertEquals(status, 201);
  return headers.get("location") ?? "";
}

/** The properties that clients write, of a response. */
function properties({ body }: ReceivedResponse): unknown {
  return Object.fromEntries(Object.keys(FIRST).map((name) => [name, body?.data?.[name]]));
}

function problem({ status, body }: ReceivedResponse): [number, string | undefined] {
  return [status, body?.type?.split("/").at(-1)];
}

function invalidParams({ body }: ReceivedResponse): string[] {
  return body?.invalidParams?.map((param) => \`\${param.in} \${param.pointer ?? param.name}\`).sort() ?? [];
}

/** HTTP behavior on every database. Each case starts with an empty table. */
const CASES: Readonly<Record<string, (server: Server) => Promise<void>>> = {
  "POST stores ${names.one}, which GET returns": async (server) => {
    const created = await sendRequest(server, "POST ${path}", { body: FIRST });
    assertEquals([created.status, properties(created), created.headers.get("etag")], [201, FIRST, '"1"']);
    const read = await sendRequest(server, \`GET \${created.headers.get("location")}\`);
    assertEquals([read.status, read.body?.data], [200, created.body?.data]);
    assertMatch(read.body?.data?.id ?? "", /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    const headers = { "If-None-Match": '"1"' };
    const again = await sendRequest(server, \`GET \${created.headers.get("location")}\`, { headers });
    assertEquals(again.status, 304);
  },${clearing}
  "PUT replaces, and both patch formats change, the current version": async (server) => {
    const path = await create(server);
    const put = await sendRequest(server, \`PUT \${path}\`, { headers: { "If-Match": '"1"' }, body: SECOND });
    assertEquals([put.status, properties(put), put.headers.get("etag")], [200, SECOND, '"2"']);
    const headers = { "If-Match": '"2"', "Content-Type": "application/merge-patch+json" };
    const body = ${object(changed ? [[changed.name, changed.json[0]]] : [])};
    const merged = await sendRequest(server, \`PATCH \${path}\`, { headers, body });
    assertEquals([merged.status, properties(merged), merged.headers.get("etag")], [200, { ...SECOND, ...body }, '"3"']);
    const patched = await sendRequest(server, \`PATCH \${path}\`, {
      headers: { "If-Match": '"3"', "Content-Type": "application/json-patch+json" },
      body: [{ op: "replace", path: "/${changed?.name}", value: ${literal(changed?.json[1])} }],
    });
    assertEquals([patched.status, properties(patched), patched.headers.get("etag")], [200, SECOND, '"4"']);
  },
  "a change requires If-Match with the current version": async (server) => {
    const path = await create(server);
    for (const method of ["PUT", "PATCH", "DELETE"]) {
      const sent = method === "DELETE" ? {} : { body: method === "PUT" ? SECOND : ${change} };
      assertEquals((await sendRequest(server, \`\${method} \${path}\`, sent)).status, 428);
      const headers = { "If-Match": '"2"' };
      const stale = await sendRequest(server, \`\${method} \${path}\`, { ...sent, headers });
      assertEquals([...problem(stale), stale.headers.get("etag")], [412, "${singular.kebab}-changed", '"1"']);
      const missing = await sendRequest(server, \`\${method} \${MISSING}\`, { ...sent, headers });
      assertEquals(problem(missing), [404, "${singular.kebab}-not-found"]);
    }
  },
  "DELETE removes ${names.one} from all reads": async (server) => {
    const path = await create(server);
    assertEquals((await sendRequest(server, \`DELETE \${path}\`, { headers: { "If-Match": '"1"' } })).status, 204);
    assertEquals(problem(await sendRequest(server, \`GET \${path}\`)), [404, "${singular.kebab}-not-found"]);
    assertEquals((await sendRequest(server, "GET ${path}")).body?.data?.length, 0);
  },
  "a list is paged by cursor, newest first, or by number": async (server) => {
    const paths = [await create(server), await create(server, SECOND), await create(server)];
    const first = await sendRequest(server, "GET ${path}?limit=2");
    const cursor = first.body?.meta?.["nextCursor"];
    assert(typeof cursor === "string");
    const rest = await sendRequest(server, \`GET ${path}?limit=2&after=\${encodeURIComponent(cursor)}\`);
    const listed = [first, rest].map(({ body }) => body?.data?.map(({ id }) => \`${path}/\${id}\`));
    assertEquals(listed, [paths.slice(1).reverse(), paths.slice(0, 1)]);
    assertEquals(rest.body?.meta?.["nextCursor"], undefined);
    const numbered = await sendRequest(server, "GET ${path}?page=2&pageSize=2");
    assertEquals([numbered.body?.data?.length, numbered.body?.meta?.["totalItems"]], [1, 3]);
    assertEquals((await sendRequest(server, "GET ${path}?after=x")).status, 400);
  },${filtering}
  "all validation errors of a body are reported at once": async (server) => {
    const body = ${object(samples.map(({ name, invalid }) => [name, invalid]))};
    const refused = await sendRequest(server, "POST ${path}", { body });
    assertEquals([refused.status, ...invalidParams(refused)], [422, ${
    samples.map(({ pointer }) => `"body ${pointer}"`).toSorted().join(", ")
  }]);${missing}
  },
};

for (const [name, open] of Object.entries(${databasesName(names)})) {
  Deno.test(\`${Type} API on \${name}\`, async (t) => {
    await using database = await open();
    await using server = ${type}Server(database.pool);
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
