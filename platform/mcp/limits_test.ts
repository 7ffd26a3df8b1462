import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import type { Logger } from "@archway/server/logger.ts";
import { createMemoryLimiter } from "@archway/server/rate_limiters.ts";
import type { Server } from "@archway/server/server.ts";
import {
  type ServerOption,
  withAdmission,
  withLogger,
  withPrivateHostsOnly,
  withRateLimit,
  withWriteTimeout,
} from "@archway/server/server_options.ts";
import { problemTable } from "@archway/service_kit/problem_table.ts";
import { defineService } from "@archway/service_kit/service_module.ts";
import { contactModule } from "@archway/tools/support/contact_service/module.ts";
import { DATABASES } from "@archway/tools/support/databases.ts";
import { connectMcp } from "@archway/tools/support/mcp_client.ts";
import { serviceServer } from "@archway/tools/support/service_server.ts";
import { mcpModule } from "./module.ts";

const SLOW = "SELECT pg_sleep(600) AS slow_for_an_agent";

/** Service whose only operation waits for a statement that does not end. */
const slowModule = defineService({
  name: "slow_service",
  mount: ({ pool }) => ({
    api: {
      name: "slow",
      ...problemTable({}),
      document: JSON.stringify({
        openapi: "3.1.0",
        info: { title: "Slow", version: "1.0.0" },
        paths: {
          "/v1/slow": { get: { operationId: "getSlow", responses: { "204": { description: "Never" } } } },
        },
      }),
      routes: [{
        operation: {
          operationId: "getSlow",
          method: "GET",
          path: "/v1/slow",
          parameters: [],
          responses: { "204": { content: [], headers: [] } },
          security: [],
          extensions: {},
        },
        handle: async (_, { signal }) => {
          await pool.writer().query(SLOW, [], { signal });
          return { status: 204 };
        },
      }],
    },
  }),
});

interface Fixture {
  readonly server: Server;
  readonly pool: ConnectionPool;
}

async function withServer(
  run: (fixture: Fixture) => Promise<void>,
  { options, on = "embedded" }: { readonly options: readonly ServerOption[]; readonly on?: string },
): Promise<void> {
  const open = DATABASES[on];
  assert(open !== undefined);
  await using database = await open();
  await using server = serviceServer(database.pool, {
    services: [contactModule, slowModule, mcpModule],
    settings: { MCP_MODE: "read" },
    options,
  });
  await run({ server, pool: database.pool });
}

function post(server: Server, body: unknown, { host = "localhost", signal }: {
  readonly host?: string;
  readonly signal?: AbortSignal;
} = {}): Promise<Response> {
  return server.fetch(
    new Request(`http://${host}/mcp`, {
      method: "POST",
      headers: { Accept: "application/json, text/event-stream", "Content-Type": "application/json" },
      body: JSON.stringify(body),
      ...(signal !== undefined && { signal }),
    }),
  );
}

const message = { jsonrpc: "2.0", id: 1 };
const LIST = { ...message, method: "tools/list" };
const CALL_SLOW = { ...message, method: "tools/call", params: { name: "getSlow", arguments: {} } };

/** Waits until a number of slow statements run. */
async function untilRunning(pool: ConnectionPool, expected: number): Promise<void> {
  for (;;) {
    const { rows: [row] } = await pool.writer().query<{ running: number }>(
      "SELECT count(*)::int AS running FROM pg_stat_activity WHERE state = 'active' AND query = $1 AND pid <> pg_backend_pid()",
      [SLOW],
    );
    if (row?.running === expected) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

Deno.test("mcpModule counts each request, and calls by the quota of their operation", async () => {
  const policy = { name: "default", quota: 6, windowSeconds: 600 };
  const limits = withRateLimit({
    callers: await createMemoryLimiter(),
    policy,
    operationPolicies: new Map([["listContacts", { ...policy, name: "listContacts", quota: 1 }]]),
    addresses: await createMemoryLimiter(),
    addressPolicy: { ...policy, name: "address", quota: 1_000 },
  });
  await withServer(async ({ server }) => {
    // The client sends an initialization and a notification before it calls.
    await using agent = await connectMcp(server);
    await agent.call("listContacts");
    const { advice, data } = await agent.fail("listContacts");
    assertEquals(data.problem?.status, 429);
    assertMatch(advice, /Call again after \d+ seconds/);
    await post(server, LIST);
    await post(server, LIST);
    const refused = await post(server, LIST);
    assertEquals([refused.status, (await refused.json()).type], [429, "/problems/rate-limited"]);
    assertMatch(refused.headers.get("retry-after") ?? "", /^\d+$/);
    await assertRejects(() => agent.client.listTools());
  }, { options: [limits] });
});

Deno.test("mcpModule refuses public host names where the server does", async () => {
  await withServer(async ({ server }) => {
    assertEquals((await post(server, LIST)).status, 200);
    assertEquals((await post(server, LIST, { host: "evil.example" })).status, 421);
  }, { options: [withPrivateHostsOnly()] });
});

Deno.test("mcpModule cancels the statement of a client that leaves, and of a call that takes too long", async () => {
  const logged: string[] = [];
  const log = (message: string): void => void logged.push(message);
  const logger: Logger = { info: log, warn: log, error: log };
  await withServer(async ({ server, pool }) => {
    const controller = new AbortController();
    const left = post(server, CALL_SLOW, { signal: controller.signal }).catch(() => undefined);
    await untilRunning(pool, 1);
    controller.abort();
    await left;
    await untilRunning(pool, 0);
  }, { options: [withLogger(logger)], on: "PostgreSQL" });
  assertEquals(logged.splice(0).filter((line) => !line.startsWith("Server ")), [
    "Client disconnected before the response to request {requestId}",
  ]);
  await withServer(async ({ server, pool }) => {
    const { status } = await post(server, CALL_SLOW);
    assertEquals(status, 503);
    await untilRunning(pool, 0);
  }, { options: [withWriteTimeout(300), withLogger(logger)], on: "PostgreSQL" });
  assertEquals(logged.filter((line) => !line.startsWith("Server ")), [
    "Request {requestId} failed with status {status}",
  ]);
});

Deno.test("mcpModule admits no more requests than the server", async () => {
  await withServer(async ({ server, pool }) => {
    const controller = new AbortController();
    const slow = post(server, CALL_SLOW, { signal: controller.signal }).catch(() => undefined);
    await untilRunning(pool, 1);
    assertEquals((await post(server, LIST)).status, 503);
    controller.abort();
    await slow;
    assertEquals((await post(server, LIST)).status, 200);
  }, { options: [withAdmission({ targetMs: 1_000, maxInFlight: 1 })], on: "PostgreSQL" });
});
