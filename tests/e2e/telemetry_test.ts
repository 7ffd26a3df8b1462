import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { OtlpCollector } from "@archway/tools/support/otlp_collector.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { commandOf, Program, untilReady } from "@archway/tools/support/program.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "b7ad6b7169203331";

/** Lines of a log, limited to the fields that tests use. */
interface LogLine {
  readonly severity_text: string;
  readonly body: string;
  readonly template: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

function linesOf(text: string): readonly LogLine[] {
  return text.trim().split("\n").map((line) => JSON.parse(line));
}

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
  const line = linesOf(stdout).find(({ attributes }) => attributes["traceId"] === TRACE);
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
  const failures = linesOf(stderr).filter(({ template }) => template.startsWith("Export of"));
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

Deno.test("archway logs a line with ids for every request, and health checks only if configured", async () => {
  await using database = await useTestDatabase();
  const environment = { ...postgresEnvironment(database.instance), MIGRATE_ON_START: "true" };
  await using program = new Program(environment);
  const url = await program.url;
  await untilReady(url);
  const headers = { "X-Request-Id": "known", "X-Amzn-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793" };
  const response = await fetch(`${url}/v1/contacts`, { headers });
  const { length } = await response.bytes();
  const problem = await (await fetch(`${url}/nope`, { headers: { traceparent: `00-${TRACE}-${PARENT}-01` } }))
    .json();
  assertEquals(problem.traceId, TRACE);
  const { stdout } = await program.stop();
  const requests = linesOf(stdout).filter(({ template }) => template.startsWith("{method}"));
  assertEquals(requests.map(({ attributes: { ms: _, ...rest } }) => rest), [
    {
      method: "GET",
      route: "/v1/contacts",
      status: 200,
      bytes: length,
      requestId: "known",
      traceId: "5759e988bd862e3fe1be46a994272793",
      xrayTraceId: "1-5759e988-bd862e3fe1be46a994272793",
    },
    {
      method: "GET",
      route: "unmatched",
      status: 404,
      bytes: JSON.stringify(problem).length,
      requestId: problem.requestId,
      problem: "not-found",
      traceId: TRACE,
    },
  ]);
  await using talkative = new Program({ ...environment, LOG_LEVEL: "debug" });
  await untilReady(await talkative.url);
  assert(
    linesOf((await talkative.stop()).stdout).some(({ attributes }) => attributes["route"] === "/readyz"),
  );
});

Deno.test("archway prints no secrets and no personal data", async () => {
  await using database = await useTestDatabase();
  const password = "planted-password";
  await using program = new Program({
    ...postgresEnvironment({ ...database.instance, password }),
    HMAC_SECRET: "planted-secret-of-more-than-32-bytes",
    MIGRATE_ON_START: "true",
    LOG_LEVEL: "debug",
    ADMIN_PORT: "0",
  });
  const url = await program.url;
  await untilReady(url);
  const token = `eyJ${"planted".repeat(10)}.eyJ${"planted".repeat(10)}.planted`;
  const headers = {
    authorization: `Bearer ${token}`,
    cookie: "session=planted-cookie",
    referer: "http://planted.example/planted",
    "user-agent": "planted-agent",
    "x-request-id": "planted@example.com",
    "x-amzn-trace-id": "Root=planted",
    "consistency-token": "planted-token",
    traceparent: "planted",
  };
  const json = { ...headers, "content-type": "application/json" };
  // Operations without conditions reject this header, and nothing would be created.
  const conditional = { ...json, "if-match": '"planted-tag"' };
  const send = async (target: string, init: RequestInit = {}): Promise<Response> => {
    const response = await fetch(url + target, { headers, ...init });
    await response.body?.cancel();
    return response;
  };
  const busy = async (): Promise<readonly number[]> => {
    const statuses: number[] = [];
    for (const name of ["planted-name", "planted\u0000name", "planted".repeat(1000)]) {
      const body = JSON.stringify({
        name,
        email: `planted-${crypto.randomUUID()}@example.com`,
        planted: name,
      });
      const bare = JSON.stringify({ name, email: "planted-twice@example.com" });
      for (const sent of [body, bare, bare, `{"planted": planted`, `${body}}`]) {
        statuses.push((await send("/v1/contacts", { method: "POST", headers: json, body: sent })).status);
      }
      await send("/v1/contacts", { method: "POST", headers: conditional, body });
    }
    for (
      const target of [
        "/v1/contacts?after=planted-cursor",
        "/v1/contacts/planted",
        "/planted?planted=planted",
      ]
    ) {
      statuses.push((await send(target)).status);
      statuses.push((await send(target, { method: "PLANTED" })).status);
    }
    const id = crypto.randomUUID();
    statuses.push(
      (await send(`/v1/contacts/${id}`, {
        method: "PATCH",
        headers: conditional,
        body: '{"name":"planted"}',
      }))
        .status,
    );
    return statuses;
  };
  const statuses = new Set(await busy());
  for (const status of [201, 400, 404, 409, 422, 501]) {
    assert(statuses.has(status), `No response had status ${status}`);
  }
  // Errors of the schema, with values in the messages of the server.
  await using pool = openPool({ primary: database.instance, replicas: [] });
  await pool.writer().query(
    `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$BEGIN RAISE EXCEPTION 'value for column "name" is wrong: "%"', NEW.name; END$$`,
  );
  await pool.writer().query(
    "CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON contacts FOR EACH ROW EXECUTE FUNCTION refuse()",
  );
  assert((await busy()).includes(500));
  await pool.writer().query("DROP TABLE contacts");
  assert((await busy()).includes(500));
  const { code, stdout, stderr } = await program.stop();
  assertEquals(code, 0);
  assertMatch(stderr, /"name":"PostgresError",[^}]*"message":"Rejected by .* \(P0001\)"/);
  assert(linesOf(stdout).length > 60);
  const shown = [...`${stdout}${stderr}`.matchAll(/.{0,60}planted.{0,60}/gi)].map(([line]) => line);
  assertEquals(shown, []);
});

/** Starts the program and stops reading its output after the line with its URL. */
async function unread(environment: Readonly<Record<string, string>>): Promise<{
  readonly child: Deno.ChildProcess;
  readonly url: string;
  readonly reader: ReadableStreamDefaultReader<Uint8Array>;
}> {
  const { file, args, cwd } = commandOf();
  const child = new Deno.Command(file, {
    args,
    cwd,
    env: { PORT: "0", ...environment },
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.getReader();
  for (let text = "";;) {
    const { done, value } = await reader.read();
    if (done) throw new Error("The program ended before it listened");
    text += new TextDecoder().decode(value);
    const [, url] = /"url":"(http[^"]+)"/.exec(text) ?? [];
    if (url !== undefined) return { child, url, reader };
  }
}

async function killed(child: Deno.ChildProcess): Promise<void> {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    // It has already ended.
    if (!(error instanceof TypeError)) throw error;
  }
  await child.status;
}

Deno.test("archway keeps serving when its log is not read, and when its log is closed", async () => {
  await using database = await useTestDatabase();
  const environment = { ...postgresEnvironment(database.instance), MIGRATE_ON_START: "true" };
  for (const isClosed of [false, true]) {
    const { child, url, reader } = await unread(environment);
    await using _ended = { [Symbol.asyncDispose]: () => killed(child) };
    if (isClosed) await reader.cancel();
    // More lines than a pipe buffers (64 KiB on Linux).
    for (let count = 0; count < 600; count++) {
      const response = await fetch(`${url}/nope`, { signal: AbortSignal.timeout(30_000) });
      await response.body?.cancel();
      assertEquals(response.status, 404);
    }
    child.kill("SIGTERM");
    assertEquals((await child.status).code, 0);
    if (!isClosed) await reader.cancel();
  }
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
