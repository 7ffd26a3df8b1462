import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { logLines } from "@archway/tools/support/log_lines.ts";
import { OtlpCollector } from "@archway/tools/support/otlp_collector.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program, untilReady } from "@archway/tools/support/program.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "b7ad6b7169203331";

async function create(url: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const response = await fetch(`${url}/v1/contacts`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify({ name: "Planted Lovelace", email: `planted-${crypto.randomUUID()}@example.com` }),
  });
  const { data } = await response.json();
  assertEquals(response.status, 201);
  return data.id;
}

Deno.test("archway exports spans and metrics until its end, without data of clients", async () => {
  await using database = await useTestDatabase();
  await using collector = new OtlpCollector();
  const environment = { ...postgresEnvironment(database.instance), MIGRATE_ON_START: "true" };
  await using program = new Program({
    ...environment,
    ...collector.environment,
    OTEL_EXPORTER_OTLP_HEADERS: "api-key=planted%20key",
    OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=test",
  });
  const url = await program.url;
  await untilReady(url);
  for (let count = 0; count < 20; count++) await create(url);
  const id = await create(url, { traceparent: `00-${TRACE}-${PARENT}-01` });
  const list = await fetch(`${url}/v1/contacts?limit=20`, {
    headers: { traceparent: `00-${TRACE}-${PARENT}-01` },
  });
  assertEquals((await list.json()).data.length, 20);
  for (
    const path of [
      `/v1/contacts/${id}?planted=1`,
      "/v1/contacts/planted",
      "/planted",
      "/v1/contacts?after=planted",
    ]
  ) {
    await (await fetch(url + path, { headers: { cookie: "planted", "x-planted": "planted" } })).body
      ?.cancel();
  }
  await collector.until(({ name }) => name === "archway.event_loop.delay");
  const { code, stdout, stderr } = await program.stop();
  assertEquals(code, 0);
  assertFalse(stderr.includes("ERROR"), stderr);

  const spans = collector.traced(TRACE);
  const requests = spans.filter(({ kind }) => kind === 2);
  assertEquals(requests.map(({ name, parentSpanId }) => [name, parentSpanId]), [
    ["POST /v1/contacts", PARENT],
    ["GET /v1/contacts", PARENT],
  ]);
  assertEquals(requests[0]?.attributes["http.route"], "/v1/contacts");
  const [post, get] = requests.map(({ spanId }) =>
    spans.filter(({ parentSpanId }) => parentSpanId === spanId)
  );
  // The position of the write is read behind it, as part of the same statement.
  assertEquals(post?.map(({ name, kind }) => [name, kind]), [["INSERT contacts", 3]]);
  // One statement for all rows.
  assertEquals(get?.map(({ name, attributes }) => [name, attributes["db.response.returned_rows"]]), [
    ["SELECT contacts", 21],
  ]);
  assertMatch(String(post?.[0]?.attributes["db.query.text"]), /^insert into contacts .* values \(\$1, \$2/i);
  assertEquals(post?.[0]?.attributes["db.system.name"], "postgresql");
  assertEquals(post?.[0]?.attributes["db.namespace"], database.instance.database);
  const line = logLines(stdout).find(({ attributes }) => attributes["traceId"] === TRACE);
  assertEquals(line?.attributes["requestId"], requests[0]?.attributes["archway.request_id"]);

  const metrics = new Set(
    [...collector.series.values()].filter(({ scope }) => scope === "archway").map(({ name }) => name),
  );
  assertEquals([...metrics].toSorted(), [
    "archway.db.connection.wait",
    "archway.db.connections",
    "archway.db.connections.max",
    "archway.db.waiting",
    "archway.event_loop.delay",
    "archway.process.memory",
    "archway.request.duration",
    "archway.request.in_flight",
    "archway.request.outcomes",
    "archway.request.problems",
  ]);
  const { "service.instance.id": instance, ...resource } = requests[0]?.resource ?? {};
  assertMatch(String(instance), /^[0-9a-f-]{36}$/);
  assertEquals([resource["service.name"], resource["deployment.environment.name"]], ["archway", "test"]);
  assert(collector.headers.every((headers) => headers.get("api-key") === "planted key"));
  assertFalse(/planted/i.test(JSON.stringify(collector.spans)), "A span contains data of a client");
  assertFalse(
    /planted/i.test(JSON.stringify([...collector.series.keys()])),
    "A label contains data of a client",
  );
  assertFalse(/planted/i.test(stdout), "The log contains data of a client");
});

Deno.test("archway serves and ends although its collector is unreachable, which it logs once", async () => {
  await using database = await useTestDatabase();
  await using program = new Program({
    ...postgresEnvironment(database.instance),
    MIGRATE_ON_START: "true",
    ADMIN_PORT: "0",
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1",
    OTEL_EXPORTER_OTLP_TIMEOUT: "100",
    OTEL_METRIC_EXPORT_INTERVAL: "10",
    OTEL_BSP_SCHEDULE_DELAY: "10",
  });
  const [url, metricsUrl] = await Promise.all([program.url, program.metricsUrl]);
  await untilReady(url);
  const lost = /archway_telemetry_dropped_total\{reason="export-failed"\} (\d+)/;
  for (let count = 0; count < 10;) {
    await create(url);
    count = Number(lost.exec(await (await fetch(metricsUrl)).text())?.[1] ?? 0);
  }
  const { code, stderr } = await program.stop();
  assertEquals(code, 0);
  const failures = logLines(stderr).filter(({ template }) => template.startsWith("Export of"));
  assertEquals(failures.map(({ attributes }) => attributes["receiver"]).toSorted(), [
    "http://127.0.0.1:1/v1/metrics",
    "http://127.0.0.1:1/v1/traces",
  ]);
});

Deno.test("archway warns that OTEL_DENO makes Deno export spans of its own", async () => {
  await using collector = new OtlpCollector();
  await using database = await useTestDatabase();
  const environment = { ...postgresEnvironment(database.instance), MIGRATE_ON_START: "true" };
  const options = { fromSource: true };
  await using program = new Program(
    { ...environment, ...collector.environment, OTEL_DENO: "true", OTEL_TRACES_SAMPLER: "always_off" },
    [],
    options,
  );
  await program.url;
  assertMatch((await program.stop()).stderr, /OTEL_DENO is set/);
});

Deno.test("archway only serves metrics on their own port", async () => {
  await using database = await useTestDatabase();
  const environment = { ...postgresEnvironment(database.instance), MIGRATE_ON_START: "true" };
  {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    await using late = new Program({ ...environment, ADMIN_PORT: String(port) });
    const { code, stderr } = await late.ended();
    assertEquals(code, 1);
    assertMatch(
      stderr,
      new RegExp(`Cannot listen on 127\\.0\\.0\\.1:${port} for metrics: .*in use; .* set ADMIN_PORT .*\n$`),
    );
  }
  await using program = new Program({ ...environment, ADMIN_PORT: "0" });
  const [url, metricsUrl] = await Promise.all([program.url, program.metricsUrl]);
  await untilReady(url);
  await create(url);
  const metrics = await (await fetch(metricsUrl)).text();
  for (
    const line of [
      'archway_request_duration_seconds_count{route="/v1/contacts",method="POST",status="2xx"} 1',
      'archway_db_connections{instance="primary",state="idle"}',
      'archway_db_connection_wait_seconds_count{instance="primary"}',
      "archway_request_in_flight 0",
    ]
  ) assertStringIncludes(metrics, line);
  assertFalse(/planted/i.test(metrics));
  const elsewhere = await fetch(`${url}/metrics`);
  await elsewhere.body?.cancel();
  assertEquals(elsewhere.status, 404);
  assertEquals((await program.stop()).code, 0);
});
