import { assertEquals, assertMatch } from "@std/assert";
import { join, resolve } from "node:path";
import type { Operation, Route, StrictResponse } from "@archway/server/operation.ts";
import { createServer } from "@archway/server/server.ts";
import { withApi, withResponseValidation } from "@archway/server/server_options.ts";
import { generateFiles } from "../../generate_files.ts";
import type { Int64Type } from "../../schemas/int64_rules.ts";

const ROOT = resolve(import.meta.dirname ?? ".", "../../../..");
const INT64 = { type: "integer", format: "int64" };
const ACCOUNT = {
  type: "object",
  required: ["id"],
  properties: {
    id: INT64,
    parent: { type: ["integer", "null"], format: "int64", minimum: 10 },
    size: { type: "integer", format: "int64", default: 5 },
    either: { oneOf: [{ $ref: "#/components/schemas/Id" }, { type: "string" }] },
    note: { type: "string" },
  },
};
const json = (schema: unknown): unknown => ({ "application/json": { schema } });
const DOCUMENT = JSON.stringify({
  openapi: "3.1.0",
  info: { title: "Accounts", version: "1" },
  paths: {
    "/accounts/{id}": {
      post: {
        operationId: "postAccount",
        security: [],
        parameters: [
          { name: "id", in: "path", required: true, schema: INT64 },
          { name: "ids", in: "query", schema: { type: "array", items: INT64 } },
          {
            name: "maybe",
            in: "query",
            schema: { anyOf: [{ $ref: "#/components/schemas/Id" }, { type: "null" }] },
          },
        ],
        requestBody: { required: true, content: json({ $ref: "#/components/schemas/Account" }) },
        responses: { "200": { description: "It", content: json({ $ref: "#/components/schemas/Account" }) } },
      },
    },
    "/ids": {
      post: {
        operationId: "postId",
        security: [],
        requestBody: { required: true, content: json({ $ref: "#/components/schemas/Id" }) },
        responses: { "200": { description: "It", content: json({ $ref: "#/components/schemas/Id" }) } },
      },
    },
  },
  components: { schemas: { Id: INT64, Account: ACCOUNT } },
});

Deno.test("generateFiles() keeps 64-bit integers exact, as numbers, bigints or texts", async (t) => {
  const folder = join(ROOT, ".archway", `int64-${crypto.randomUUID()}`);
  try {
    for (const int64 of ["bigint", "number", "string"] as const) {
      await t.step(int64, () => exchange(join(folder, int64), int64));
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function exchange(folder: string, int64: Int64Type): Promise<void> {
  const { files } = await generateFiles(DOCUMENT, { file: "accounts.json", int64 });
  await Deno.mkdir(folder, { recursive: true });
  for (const [name, text] of files) await Deno.writeTextFile(join(folder, name), text);
  assertMatch(files.get("server.gen.ts") ?? "", new RegExp(`export type Id = ${int64};`));
  const { operationDescriptors }: {
    readonly operationDescriptors: Readonly<Record<string, Operation>>;
  } = await import(`file://${folder}/server.gen.ts`);
  const seen: unknown[] = [];
  const routes = Object.values(operationDescriptors).map((operation): Route => ({
    operation,
    handle(request): Promise<StrictResponse> {
      seen.push({ path: request.path, query: request.query, body: request.body });
      return Promise.resolve({ status: 200, body: request.body });
    },
  }));
  const api = { name: "account", routes, document: DOCUMENT, problemTypes: [], problemOf: () => undefined };
  await using server = createServer("127.0.0.1", 0, withApi(api), withResponseValidation(true));
  const send = async (path: string, body: string): Promise<string> => {
    const headers = { "content-type": "application/json" };
    const response = await server.fetch(
      new Request(`http://localhost${path}`, { method: "POST", headers, body }),
    );
    return `${response.status} ${await response.text()}`;
  };
  const as = (text: string): unknown =>
    int64 === "bigint" ? BigInt(text) : int64 === "string" ? text : Number(text);

  assertEquals(await send("/ids", "7"), "200 7");
  const small = '{"id":1,"parent":null,"note":"7","size":5}';
  assertEquals(await send("/accounts/3?ids=1&ids=2&maybe=8", small), `200 ${small}`);
  assertEquals(seen, [
    { path: {}, query: {}, body: as("7") },
    {
      path: { id: as("3") },
      query: { ids: [as("1"), as("2")], maybe: as("8") },
      body: { id: as("1"), parent: null, note: "7", size: as("5") },
    },
  ]);
  assertMatch(await send("/accounts/3", '{"id":"1","parent":9}'), /^422 .*\/id.*\/parent/);
  assertMatch(await send("/ids", "9223372036854775808"), /^422 /);
  assertMatch(await send("/ids", "1e30"), /^422 /);

  seen.length = 0;
  const large = '{"id":9007199254740993,"either":-9223372036854775807,"size":5}';
  if (int64 === "number") {
    assertMatch(await send("/accounts/1", large), /^422 .*beyond 2\^53.*pointer":"\/either"/);
    assertMatch(await send("/accounts/9007199254740993", small), /^400 .*beyond 2\^53/);
    assertMatch(await send("/accounts/1?ids=9007199254740993", small), /^400 .*"name":"ids".*beyond 2\^53/);
    return;
  }
  assertEquals(await send("/accounts/9007199254740993?ids=9223372036854775807", large), `200 ${large}`);
  assertEquals(seen, [{
    path: { id: as("9007199254740993") },
    query: { ids: [as("9223372036854775807")] },
    body: { id: as("9007199254740993"), either: as("-9223372036854775807"), size: as("5") },
  }]);
  assertEquals(await send("/ids", "9007199254740993"), "200 9007199254740993");
  assertMatch(await send("/accounts/9223372036854775808", small), /^400 .*64-bit integer/);
}
