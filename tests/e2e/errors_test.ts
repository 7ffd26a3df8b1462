import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import { join } from "node:path";
import type { ConnectionPool } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { locateProgram } from "@archway/tools/support/locate_program.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program, untilReady } from "@archway/tools/support/program.ts";
import { TerminalProgram } from "@archway/tools/support/terminal_program.ts";
import { testWith } from "@archway/tools/support/test_with.ts";

const ROOT = join(import.meta.dirname ?? ".", "../..");

const testOnTerminal = testWith({
  reason: "script(1) is not installed",
  program: await locateProgram("script"),
});

/** Creates a contact that violates the OpenAPI document, and returns its id. */
async function breakContact(url: string, pool: ConnectionPool): Promise<string> {
  const response = await fetch(`${url}/v1/contacts`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name: "Planted Lovelace", email: "planted@example.com" }),
  });
  const { data } = await response.json();
  await pool.writer().query("ALTER TABLE contacts DROP CONSTRAINT contacts_age_range");
  await pool.writer().query("UPDATE contacts SET age = 200");
  return data.id;
}

/** Sends a failing request and returns its id. */
async function fail(target: string): Promise<string> {
  const response = await fetch(target);
  const text = await response.text();
  assertEquals(response.status, 500, text);
  assertFalse(/\.ts|contacts"|stack|at |cause/.test(text), text);
  return response.headers.get("X-Request-Id") ?? "";
}

/** Whether a frame is in persistence code, at a line that sends a statement. */
function sendsStatement(place: string): boolean {
  const [, file, line] =
    /[( /]((?:tools\/support\/contact_service|platform\/service_kit)\/[\w/]+\.ts):(\d+)/.exec(place) ??
      [];
  if (file === undefined) return false;
  return Deno.readTextFileSync(join(ROOT, file)).split("\n")[Number(line) - 1]?.includes(".query") === true;
}

Deno.test("archway logs the cause and position of an error without personal data", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: database.instance, replicas: [] });
  await using program = new Program({
    ...postgresEnvironment(database.instance),
    MIGRATE_ON_START: "true",
    VALIDATE_RESPONSES: "true",
  });
  const url = await program.url;
  await untilReady(url);
  const id = await breakContact(url, pool);
  const ids = [await fail(`${url}/v1/contacts/${id}`)];
  await pool.writer().query("DROP TABLE contacts CASCADE");
  ids.push(await fail(`${url}/v1/contacts/${id}`));
  const { stderr } = await program.stop();
  assertFalse(/planted/i.test(stderr), stderr);
  const [breach, missing] = ids.map((requestId) =>
    stderr.split("\n").filter((line) => line.includes(requestId)).map((line) => JSON.parse(line).attributes)
  ).flat();
  const { name, operation, status, pointer, reason } = breach.error;
  assertEquals([name, operation, status, pointer], [
    "ResponseValidationError",
    "getContact",
    200,
    "/data/age",
  ]);
  assertMatch(reason, /must be at most 150/);
  const { sqlState, statement, cause, frames } = missing.error;
  assertEquals([sqlState, statement], ["42P01", "SELECT contacts"]);
  assertEquals(cause.message, 'relation "contacts" does not exist (42P01)');
  assert(frames.some(sendsStatement), frames.join("\n"));
  assert(
    frames.some((frame: string) => /getContact \(tools\/support\/contact_service\/.*:\d+:\d+\)/.test(frame)),
  );
});

testOnTerminal("archway dev shows the cause, position and request of an error", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: database.instance, replicas: [] });
  await using program = new TerminalProgram(["dev"], {
    ...postgresEnvironment(database.instance),
    MIGRATE_ON_START: "true",
    VALIDATE_RESPONSES: "true",
  });
  const [, url = ""] = await program.untilMatch(/Archway is listening on (http\S+)/);
  await untilReady(url);
  const id = await breakContact(url, pool);
  const breach = await fail(`${url}/v1/contacts/${id}`);
  await program.untilMatch(new RegExp(`${breach} failed with status 500`));
  await program.untilMatch(/reason: must be at most 150/);
  assertMatch(
    program.text,
    /The response of getContact with status 200 violates the OpenAPI document at \/data\/age/,
  );
  await pool.writer().query("DROP TABLE contacts CASCADE");
  const missing = await fail(`${url}/v1/contacts/${id}`);
  await program.untilMatch(new RegExp(`${missing} failed with status 500`));
  await program.untilMatch(/caused by PostgresError \[42P01\]: relation "contacts" does not exist/);
  const frames = program.text.split("\n").filter((line) => /^ +at .*file:\/\//.test(line));
  assert(frames.some(sendsStatement), frames.join("\n"));
  assert(frames.some((frame) => /getContact \(file:.*\/contact_service\/.*:\d+:\d+\)/.test(frame)));
});

Deno.test("archway shows the position of an error that ends it", async () => {
  await using database = await useTestDatabase();
  const directory = await Deno.makeTempDir();
  await using _directory = {
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
  const preload = join(directory, "preload.ts");
  await Deno.writeTextFile(
    preload,
    "AsyncDisposableStack.prototype.use = () => { throw new TypeError('On purpose'); };",
  );
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-P", "--preload", preload, "main.ts"],
    cwd: ROOT,
    env: { ...postgresEnvironment(database.instance), NO_COLOR: "1", PORT: "0", MIGRATE_ON_START: "true" },
  }).output();
  const text = new TextDecoder().decode(stderr);
  assertEquals(code, 1, text);
  assertMatch(text, /TypeError: On purpose/);
  assertMatch(text, /\(file:\/\/.*\/platform\/program\/\w+\.ts:\d+:\d+\)/);
});
