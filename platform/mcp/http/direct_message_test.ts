import { assert, assertEquals } from "@std/assert";
import type { Server } from "@archway/server/server.ts";
import { defineService } from "@archway/service_kit/service_module.ts";
import { objectOf } from "@archway/service_kit/json_object.ts";
import { contactModule } from "@archway/tools/support/contact_service/module.ts";
import { DATABASES } from "@archway/tools/support/databases.ts";
import { at } from "@archway/tools/support/graphql_client.ts";
import { serviceServer } from "@archway/tools/support/service_server.ts";
import { MCP_SETTINGS, readMcpConfig } from "../mcp_config.ts";
import { mcpModule, mountMcp } from "../module.ts";
import { readDirectMessage } from "./direct_message.ts";

type Json = Readonly<Record<string, unknown>>;

/** A message with its header fields. */
interface Sent {
  readonly body: unknown;
  readonly headers: Json;
}

const ENVELOPE = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "t", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": { roots: {}, extensions: { a: {} } },
};
const ACCEPT = { Accept: "application/json, text/event-stream" };
const MISSING = "01a2023b-983b-7000-83d3-81c8f54d2496";

/** Values of every type, some of which the protocol takes somewhere. */
const VALUES = [
  ...[null, true, 0, -1, 1.5, 2 ** 53, "", "x", "tools/call", "getContact", "2.0", "2025-06-18"],
  ...[[], ["x"], {}, { name: "getContact" }, { progressToken: 1.5 }, { "__proto__": { a: 1 } }],
];

function call(params: Json, method = "tools/call"): Sent[] {
  const message = { jsonrpc: "2.0", id: 7, method };
  return [
    { body: { ...message, params }, headers: { ...ACCEPT, "Mcp-Protocol-Version": "2025-06-18" } },
    {
      body: { ...message, params: { ...params, _meta: ENVELOPE } },
      headers: {
        ...ACCEPT,
        ...{ "Mcp-Protocol-Version": "2026-07-28", "Mcp-Method": method },
        ...(typeof params["name"] === "string" && { "Mcp-Name": params["name"] }),
      },
    },
  ];
}

/** Messages as clients send them. */
function usual(id: string): readonly Sent[] {
  return [
    ...call({}, "tools/list"),
    ...call({ name: "getContact", arguments: { id } }),
    ...call({ name: "getContact", arguments: { id: MISSING } }),
    ...call({ name: "getContact", arguments: { id: "x" } }),
    ...call({ name: "listContacts", arguments: { limit: 2 } }),
    ...call({ name: "listContacts" }),
    ...call({ name: "createContact", arguments: { body: { name: "" } } }),
  ];
}

/** Messages that have no direct response. */
const OTHERS: readonly Sent[] = [
  ...call({ name: "dropTables", arguments: {} }),
  ...call({}, "ping"),
  ...call({}, "tools/drop"),
  ...call({}, "server/discover"),
  ...call(
    { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "t", version: "1" } },
    "initialize",
  ),
  { body: { jsonrpc: "2.0", method: "notifications/initialized" }, headers: ACCEPT },
  { body: { jsonrpc: "2.0", id: 7, result: {} }, headers: ACCEPT },
  { body: { jsonrpc: "2.0", id: 7, error: { code: 1, message: "x" } }, headers: ACCEPT },
];

/** Returns a value with each of its properties missing, of another type, or beside one more, to some depth. */
function* variants(value: unknown, depth: number): Iterable<unknown> {
  yield* VALUES;
  if (typeof value !== "object" || value === null || Array.isArray(value) || depth === 0) return;
  yield { ...value, extra: 1 };
  for (const [key, inner] of Object.entries(value)) {
    yield Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
    for (const other of variants(inner, depth - 1)) yield { ...value, [key]: other };
  }
}

const HEADERS: Readonly<Record<string, readonly (string | undefined)[]>> = {
  Accept: [
    undefined,
    "*/*",
    "application/json",
    "text/event-stream",
    "application/json,text/event-stream;q=0",
  ],
  "Mcp-Protocol-Version": [
    undefined,
    "2024-10-07",
    "2025-11-25",
    "1999-01-01",
    "2026-07-28",
    "2027-01-01",
    "x",
  ],
  "Mcp-Method": [undefined, "tools/list", "x"],
  "Mcp-Name": [undefined, "listContacts", "x", "=?base64?Z2V0Q29udGFjdA==?="],
};

function* corpus(id: string): Iterable<Sent> {
  for (const { body, headers } of [...usual(id), ...OTHERS]) {
    yield { body, headers };
    for (const [name, values] of Object.entries(HEADERS)) {
      for (const value of values) yield { body, headers: { ...headers, [name]: value } };
    }
  }
  for (const { body, headers } of call({ name: "getContact", arguments: { id } })) {
    for (const other of variants(body, 4)) yield { body: other, headers };
  }
  for (const { body, headers } of call({}, "tools/list")) {
    for (const other of variants(body, 2)) yield { body: other, headers };
  }
}

async function respond(server: Server, { body, headers }: Sent): Promise<readonly unknown[]> {
  const sent = new Headers({ "Content-Type": "application/json", "X-Request-Id": "the-same" });
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) sent.set(name, String(value));
  const request = new Request("http://localhost/mcp", {
    method: "POST",
    headers: sent,
    body: JSON.stringify(body),
  });
  const response = await server.fetch(request);
  const text = (await response.text()).replaceAll(/urn:uuid:[\w-]+/g, "urn:uuid:new");
  return [response.status, response.headers.get("Content-Type"), text];
}

/** Module whose messages are all served by the SDK. */
const sdkModule = defineService({
  name: "mcp",
  settings: MCP_SETTINGS,
  configure: readMcpConfig,
  mount: (dependencies, config) => mountMcp(dependencies, { ...config, isSdkOnly: true }),
});

Deno.test("McpEndpoint responds to direct messages with the bytes of the SDK, and leaves it the others", async () => {
  const [open] = Object.values(DATABASES);
  assert(open !== undefined);
  await using database = await open();
  const [direct, bySdk] = [mcpModule, sdkModule].map((module) =>
    serviceServer(database.pool, { services: [contactModule, module], settings: { MCP_MODE: "write" } })
  );
  assert(direct !== undefined && bySdk !== undefined);
  const [creation] = call({ name: "createContact", arguments: { body: { name: "Zoë \u200b" } } });
  assert(creation !== undefined);
  const created = await respond(direct, creation);
  const id = String(at(JSON.parse(String(created[2])), "result.structuredContent.body.data.id"));
  let count = 0;
  for (const sent of corpus(id)) {
    count++;
    assertEquals(
      { sent, response: await respond(direct, sent) },
      { sent, response: await respond(bySdk, sent) },
    );
  }
  assert(count > 1_000, `${count} messages`);
  for (const { body, headers } of usual(id)) {
    assert(readDirectMessage(objectOf(body), headers) !== undefined, JSON.stringify(body));
  }
  for (const { body, headers } of OTHERS) {
    const message = readDirectMessage(objectOf(body), headers);
    assert(message === undefined || message.call?.name === "dropTables");
  }
  await Promise.all([direct, bySdk].map((server) => server[Symbol.asyncDispose]()));
});
