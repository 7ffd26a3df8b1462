import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createServer } from "@archway/server/server.ts";
import { withApi, withObserver } from "@archway/server/server_options.ts";
import { noteApi } from "@archway/server/testing/note_api.ts";
import { measurePool } from "./measure_database.ts";
import { measureProcess } from "./measure_process.ts";
import { measureRequests } from "./measure_requests.ts";
import { PrometheusMetrics } from "./prometheus_metrics.ts";

/** Returns the series of a text in the format of Prometheus: its lines without comments and values. */
function seriesOf(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).map((line) =>
    line.slice(0, line.lastIndexOf(" "))
  );
}

Deno.test("PrometheusMetrics has a bounded number of series for any requests", async () => {
  const metrics = new PrometheusMetrics();
  await using server = createServer(
    "127.0.0.1",
    0,
    withApi(noteApi()),
    withObserver(measureRequests(metrics.sink)),
  );
  const ask = async (method: string, path: string, headers: Record<string, string> = {}): Promise<void> => {
    await (await server.fetch(new Request(`http://localhost${path}`, { method, headers }))).body?.cancel();
  };
  const round = async (name: string): Promise<void> => {
    for (const method of ["GET", "HEAD", "PATCH", "PUT", "OPTIONS", `X${name}`]) {
      await ask(method, `/${name}`);
      await ask(method, `/notes/${name}`, { Accept: `text/${name}`, [`x-${name}`]: name });
      await ask(method, `/notes?${name}=${name}`, { traceparent: name, host: name });
    }
  };
  await round("first");
  const before = seriesOf(await metrics.text()).length;
  // More than 10,000 requests in all.
  for (let index = 0; index < 600; index++) await round(`random-${crypto.randomUUID()}`);
  const text = await metrics.text();
  assertEquals(seriesOf(text).length, before);
  assert(before < 600, `${before} series`);
  assert(!text.includes("random-") && !text.includes("first"));
  assertStringIncludes(text, 'archway_request_problems_total{problem="not-found"}');
  assertStringIncludes(
    text,
    'archway_request_duration_seconds_count{route="unmatched",method="_OTHER",status="5xx"} 1803',
  );
});

Deno.test("PrometheusMetrics exports the current connections, and none of servers that are gone", async () => {
  const metrics = new PrometheusMetrics();
  const pool = { max: 10, open: 4, idle: 3, waiting: 2, waitedMs: 0 };
  let load = [{ name: "primary", pool }, { name: "replica_0", pool, lagMs: 1500 }];
  measurePool(metrics.sink, { load: () => load });
  const text = await metrics.text();
  for (
    const line of [
      'archway_db_connections{instance="primary",state="used"} 1',
      'archway_db_connections{instance="primary",state="idle"} 3',
      'archway_db_connections_max{instance="replica_0"} 10',
      'archway_db_waiting{instance="primary"} 2',
      'archway_db_replica_lag_seconds{instance="replica_0"} 1.5',
    ]
  ) assertStringIncludes(text, `${line}\n`);
  assert(!text.includes('lag_seconds{instance="primary"}'));
  load = load.slice(0, 1);
  assert(!(await metrics.text()).includes("replica_0"));
});

Deno.test("measureProcess() measures memory and the delay of the event loop", async () => {
  const metrics = new PrometheusMetrics();
  using _measuring = measureProcess(metrics.sink);
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setInterval(async () => {
    if (/event_loop_delay_seconds_count [1-9]/.test(await metrics.text())) resolve();
  }, 20);
  await promise;
  clearInterval(timer);
  assert(/^archway_process_memory_bytes\{kind="resident"\} [1-9]\d{6,}$/m.test(await metrics.text()));
});
