import { assert, assertEquals, assertMatch } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { logLines } from "@archway/tools/support/log_lines.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { commandOf, Program, untilReady } from "@archway/tools/support/program.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "b7ad6b7169203331";

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
  const requests = logLines(stdout).filter(({ template }) => template.startsWith("{method}"));
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
    logLines((await talkative.stop()).stdout).some(({ attributes }) => attributes["route"] === "/readyz"),
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
  assert(logLines(stdout).length > 60);
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
