import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { FIXTURE_MIGRATIONS } from "@archway/tools/support/fixture_migrations.ts";
import {
  balancerEvent,
  functionUrlEvent,
  httpApiEvent,
  restApiEvent,
} from "@archway/tools/support/lambda/lambda_events.ts";
import { type LambdaOutcome, LambdaRuntime } from "@archway/tools/support/lambda/lambda_runtime.ts";
import { OtlpCollector } from "@archway/tools/support/otlp_collector.ts";
import { execute } from "@archway/tools/support/postgres/execute.ts";
import { SilentProxy } from "@archway/tools/support/postgres/silent_proxy.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program } from "@archway/tools/support/program.ts";

const CREATE = {
  method: "POST",
  path: "/v1/contacts",
  headers: { "content-type": "application/json" },
};

function contact(): string {
  return JSON.stringify({ name: "Ada", email: `${crypto.randomUUID()}@example.com` });
}

/** Response in the form of API Gateway. */
interface Payload {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
}

function payloadOf({ kind, text }: LambdaOutcome): Payload {
  assertEquals(kind, "response", text);
  return JSON.parse(text);
}

Deno.test("archway lambda serves events of every kind, and goes on after those that are none", async () => {
  await using database = await useTestDatabase({ migrations: FIXTURE_MIGRATIONS });
  await using runtime = new LambdaRuntime();
  await using program = new Program(
    { ...postgresEnvironment(database.instance), ...runtime.environment },
    ["lambda"],
  );
  const body = contact();
  for (
    const event of [
      httpApiEvent({ ...CREATE, body }),
      functionUrlEvent({ ...CREATE, body: contact() }),
      restApiEvent({ ...CREATE, body: contact() }),
      balancerEvent({ ...CREATE, body: btoa(contact()), isBase64Encoded: true }, { isMulti: true }),
      balancerEvent({ ...CREATE, body: contact() }),
    ]
  ) {
    const created = payloadOf(await runtime.invoke(event));
    assertEquals(created.statusCode, 201, created.body);
    const { data } = JSON.parse(created.body);
    const read = payloadOf(await runtime.invoke(httpApiEvent({ path: `/v1/contacts/${data.id}` })));
    assertEquals([read.statusCode, JSON.parse(read.body).data.id], [200, data.id]);
  }
  const other = await runtime.invoke({ Records: [] });
  assertEquals(other.kind, "error");
  assertEquals(other.headers.get("Lambda-Runtime-Function-Error-Type"), "Runtime.UnknownEvent");
  assertStringIncludes(JSON.parse(other.text).errorMessage, "is not an HTTP request");
  assertEquals((await runtime.invoke("no JSON")).kind, "error");
  assertEquals(payloadOf(await runtime.invoke(httpApiEvent({ method: "CONNECT" }))).statusCode, 400);
  // The Runtime API refuses a response; the next event is served.
  await runtime.invoke(httpApiEvent({ path: "/livez" }), { status: 413 });
  const missing = payloadOf(await runtime.invoke(restApiEvent({ path: "/v1/nothing" })));
  assertEquals(missing.statusCode, 404);
  assertEquals(missing.multiValueHeaders?.["content-type"], ["application/problem+json"]);
  await runtime.untilWaiting();
  const { code, stdout, stderr } = await program.stop();
  assertEquals(code, 0, stderr);
  assertStringIncludes(stdout, "Received SIGTERM, shutting down");
  assertStringIncludes(stderr, "refused the response to event");
});

Deno.test("archway lambda uses one connection", async () => {
  await using database = await useTestDatabase({ migrations: FIXTURE_MIGRATIONS });
  await using runtime = new LambdaRuntime();
  await using _program = new Program({
    ...postgresEnvironment(database.instance),
    ...runtime.environment,
    POSTGRES_APPLICATION_NAME: database.instance.database,
  }, ["lambda"]);
  for (let count = 0; count < 3; count++) {
    const created = payloadOf(await runtime.invoke(httpApiEvent({ ...CREATE, body: contact() })));
    assertEquals(created.statusCode, 201);
  }
  const [row] = await execute(
    database.instance,
    `SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = '${database.instance.database}'`,
  );
  assertEquals(row, { count: 1 });
});

Deno.test("archway lambda replaces connections that were lost while it waited for an event", async () => {
  await using database = await useTestDatabase({ migrations: FIXTURE_MIGRATIONS });
  await using proxy = new SilentProxy(database.instance);
  await using runtime = new LambdaRuntime();
  await using program = new Program(
    { ...postgresEnvironment(proxy.instance), ...runtime.environment },
    ["lambda"],
  );
  const create = async (): Promise<number> =>
    payloadOf(await runtime.invoke(httpApiEvent({ ...CREATE, body: contact() }), { timeoutMs: 8_000 }))
      .statusCode;
  assertEquals(await create(), 201);
  // Lambda freezes the program: it notices nothing, and its network forgets the connection without a word.
  await runtime.untilWaiting();
  program.signal("SIGSTOP");
  proxy.forget();
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  program.signal("SIGCONT");
  assertEquals(await create(), 201);
  // The server ends the session instead.
  await runtime.untilWaiting();
  program.signal("SIGSTOP");
  proxy.forget();
  proxy.closeSilenced();
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const second = create();
  program.signal("SIGCONT");
  assertEquals(await second, 201);
});

Deno.test("archway lambda responds before the deadline of an invocation", async () => {
  await using database = await useTestDatabase({ migrations: FIXTURE_MIGRATIONS });
  await using proxy = new SilentProxy(database.instance);
  await using runtime = new LambdaRuntime();
  await using _program = new Program(
    { ...postgresEnvironment(proxy.instance), ...runtime.environment },
    ["lambda"],
  );
  assertEquals(payloadOf(await runtime.invoke(httpApiEvent({ path: "/livez" }))).statusCode, 200);
  proxy.silence();
  const late = payloadOf(await runtime.invoke(httpApiEvent({ path: "/v1/contacts" }), { timeoutMs: 1_000 }));
  assertEquals(late.statusCode, 503);
  assertEquals(JSON.parse(late.body).type, "/problems/deadline-passed");
  assertEquals(payloadOf(await runtime.invoke(httpApiEvent({ path: "/livez" }))).statusCode, 200);
});

Deno.test("archway lambda streams responses to function URLs if configured", async () => {
  await using database = await useTestDatabase({ migrations: FIXTURE_MIGRATIONS });
  await using runtime = new LambdaRuntime();
  await using _program = new Program({
    ...postgresEnvironment(database.instance),
    ...runtime.environment,
    LAMBDA_RESPONSE_MODE: "streaming",
  }, ["lambda"]);
  const { headers, text, isBroken } = await runtime.invoke(functionUrlEvent({ path: "/v1/contacts" }));
  assertEquals(isBroken, false);
  assertEquals(headers.get("Lambda-Runtime-Function-Response-Mode"), "streaming");
  assertEquals(headers.get("Content-Type"), "application/vnd.awslambda.http-integration-response");
  const [prelude = "", body = ""] = text.split("\0".repeat(8));
  assertEquals(JSON.parse(prelude).statusCode, 200);
  assertEquals(JSON.parse(body).data, []);
  // API Gateway expects whole responses.
  assertEquals(payloadOf(await runtime.invoke(httpApiEvent({ path: "/livez" }))).statusCode, 200);
});

Deno.test("archway lambda exports the span of a request in the invocation's trace before the next event", async () => {
  await using database = await useTestDatabase({ migrations: FIXTURE_MIGRATIONS });
  await using collector = new OtlpCollector();
  await using runtime = new LambdaRuntime();
  await using _program = new Program({
    ...postgresEnvironment(database.instance),
    ...runtime.environment,
    ...collector.environment,
    OTEL_BSP_SCHEDULE_DELAY: "3600000",
    OTEL_METRIC_EXPORT_INTERVAL: "3600000",
  }, ["lambda"]);
  await runtime.invoke(httpApiEvent({ path: "/v1/contacts", headers: { "x-amzn-trace-id": "Root=1-0-0" } }), {
    traceId: "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
  });
  await runtime.untilWaiting();
  const span = collector.spans.find(({ name }) => name === "GET /v1/contacts");
  assertEquals(span?.traceId, "5759e988bd862e3fe1be46a994272793");
  assertEquals(span?.parentSpanId, "53995c3f42cd8ad8");
  assert(collector.series.size > 0);
});

Deno.test("archway lambda reports why it cannot start", async () => {
  const cases = [
    [{}, /POSTGRES_PRIMARY_HOST (?:is missing|or DATABASE_URL is required)/],
    [{ POSTGRES_PRIMARY_HOST: "db", POSTGRES_PRIMARY_PORT: "x" }, /POSTGRES_PRIMARY_PORT must be/],
  ] as const;
  for (const [environment, expected] of cases) {
    await using runtime = new LambdaRuntime();
    await using program = new Program({ AUTH_MODE: "none", ...environment, ...runtime.environment }, [
      "lambda",
    ]);
    const { headers, text } = await runtime.initError;
    assertEquals(headers.get("Lambda-Runtime-Function-Error-Type"), "Runtime.ConfigError");
    assertMatch(JSON.parse(text).errorMessage, expected);
    const { code, stderr } = await program.ended();
    assertEquals(code, 1);
    assertMatch(stderr, expected);
  }
  await using elsewhere = new Program({}, ["lambda"]);
  const { code, stderr } = await elsewhere.ended();
  assertEquals(code, 1);
  assertStringIncludes(stderr, "AWS_LAMBDA_RUNTIME_API is missing");
});
