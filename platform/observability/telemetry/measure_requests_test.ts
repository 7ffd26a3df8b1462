import { assertEquals } from "@std/assert";
import type { ApiModule } from "@archway/server/api_module.ts";
import type { Operation, Route } from "@archway/server/operation.ts";
import { createServer } from "@archway/server/server.ts";
import { withApi, withAuthenticator, withIdempotency, withObserver } from "@archway/server/server_options.ts";
import type { Principal } from "@archway/server/request_context.ts";
import { microsecondClock } from "@archway/db/timestamp.ts";
import { PostgresIdempotency } from "@archway/service_kit/idempotency/postgres_idempotency.ts";
import { counterApi, COUNTS } from "@archway/service_kit/idempotency/testing/counter_api.ts";
import { DATABASES } from "@archway/tools/support/databases.ts";
import { measureRequests } from "./measure_requests.ts";
import type { MetricSink } from "@archway/service_kit/metric_sink.ts";

/** Sink that sums up counters, by the name of the metric and its labels. */
function countingSink(): { readonly sink: MetricSink; readonly counts: Map<string, number> } {
  const counts = new Map<string, number>();
  const sink: MetricSink = {
    histogram: () => () => {},
    counter: ({ name, labels: names }) => (value, labels) => {
      const key = [name, ...names.map((label) => labels[label])].join(" ");
      counts.set(key, (counts.get(key) ?? 0) + value);
    },
    gauge(): void {},
  };
  return { sink, counts };
}

Deno.test("measureRequests() counts the outcomes of operations that their OpenAPI document counts", async () => {
  const open = DATABASES["PostgreSQL"];
  if (open === undefined) throw new Error("There is always PostgreSQL");
  await using database = await open();
  const { pool } = database;
  await pool.writer().query(COUNTS);
  const { sink, counts } = countingSink();
  await using server = createServer(
    "127.0.0.1",
    0,
    withApi(counterApi()),
    withAuthenticator({ authenticate: (token): Principal => ({ subject: token, scopes: new Set() }) }),
    withIdempotency(
      new PostgresIdempotency({
        ...{ pool, ttlMs: 3_600_000, now: microsecondClock() },
        fresh: () => Promise.resolve({}),
      }),
    ),
    withObserver(measureRequests(sink)),
  );
  const send = async (path: string, by: unknown, key: string): Promise<void> => {
    const response = await server.fetch(
      new Request(`http://localhost${path}`, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          Authorization: "Bearer ada",
          "Idempotency-Key": key,
        },
        body: JSON.stringify({ by }),
      }),
    );
    await response.body?.cancel();
  };
  await send("/counts", 4, "one");
  await send("/counts", 4, "one");
  await send("/counts", 5, "two");
  await send("/counts", 0, "three");
  await send("/counts", 7, "four");
  await send("/others", 4, "five");
  const outcomes = [...counts].filter(([key]) => key.startsWith("archway.request.outcomes "));
  assertEquals(Object.fromEntries(outcomes), {
    "archway.request.outcomes counts done": 2,
    "archway.request.outcomes counts replayed": 1,
    "archway.request.outcomes counts nothing-to-count": 1,
    "archway.request.outcomes counts not-a-count": 1,
  });
});

Deno.test("measureRequests() counts the requests of deprecated operations", async () => {
  const { sink, counts } = countingSink();
  const route = (name: string, part: Partial<Operation>): Route => ({
    operation: {
      ...{ operationId: name, method: "GET", path: `/${name}`, parameters: [], security: [], extensions: {} },
      responses: { "204": { content: [], headers: [] } },
      ...part,
    },
    handle: () => Promise.resolve({ status: 204 }),
  });
  const api: ApiModule = {
    ...{ name: "notes", document: '{"openapi":"3.1.0"}', problemTypes: [], problemOf: () => undefined },
    routes: [route("new", {}), route("old", { deprecation: [["Deprecation", "@0"]] })],
  };
  await using server = createServer("127.0.0.1", 0, withApi(api), withObserver(measureRequests(sink)));
  for (const path of ["/old", "/new", "/old"]) await server.fetch(new Request(`http://localhost${path}`));
  const deprecated = [...counts].filter(([key]) => key.startsWith("archway.request.deprecated "));
  assertEquals(Object.fromEntries(deprecated), { "archway.request.deprecated old": 2 });
});
