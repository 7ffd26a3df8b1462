import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { browse } from "@archway/tools/support/browser/browse.ts";
import { locateProgram } from "@archway/tools/support/locate_program.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program, type ProgramOptions, untilReady } from "@archway/tools/support/program.ts";
import { testWith } from "@archway/tools/support/test_with.ts";

const FOLDER = import.meta.dirname ?? ".";
const ROOT = join(FOLDER, "../../..");
const SESSION = join(FOLDER, "cockpit_session.ts");
const MAIN = join(FOLDER, "main.ts");

const executable = await locateProgram("chromium");
const testInBrowser = testWith({ reason: "Chromium is not installed", program: executable });

testInBrowser(
  "the cockpit shows requests, metrics and faults, and leads from a failed request to its line of code by three clicks",
  async () => {
    await using database = await useTestDatabase();
    await using pool = openPool({ primary: database.instance, replicas: [] });
    const root = await Deno.makeTempDir({ prefix: "archway_cockpit_" });
    try {
      const start = (): Program =>
        new Program(
          { ...postgresEnvironment(database.instance), MIGRATE_ON_START: "true" },
          ["dev"],
          // Requests are stored below the working directory.
          { main: MAIN, root },
        );
      await using program = start();
      const url = await program.url;
      await untilReady(url);
      const run = (scenario: string): ReturnType<typeof browse> =>
        browse(url, { session: SESSION, scenario, executable });
      const { explainAndRepeat, useKeys, watchMetrics, injectFault } = await run("useViews");
      assertStatement(explainAndRepeat);
      assertKeys(useKeys);
      assertMetrics(watchMetrics);
      assertEquals(injectFault, {
        text: "Faults are armed for 1 request. Show or disarm them",
        statuses: ["no response", 409],
        fact: "response dropped after the service was done",
        violations: [],
      });
      await pool.writer().query("DROP TABLE contacts CASCADE");
      const seen = await run("findLine");
      assertEquals([seen["status"], seen["violations"]], [500, []]);
      assert(Number(seen["clicks"]) <= 3);
      const [, file = "", line] = /^(.+):(\d+):\d+$/.exec(String(seen["place"])) ?? [];
      const expected = (await Deno.readTextFile(join(ROOT, file))).split("\n")[Number(line) - 1];
      assertStringIncludes(String(seen["source"]), expected ?? "no line");
      assertMatch(expected ?? "", /\w/);
      await program.kill();
      // As after a change of the source that mends it.
      await using restarted = start();
      await sendEarlierAgain(await restarted.url);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  },
);

/** Sends a request of the earlier run once more. */
async function sendEarlierAgain(url: string): Promise<void> {
  await untilReady(url);
  const list = `${url}/_dev/api/requests?route=/v1/contacts&status=200`;
  const [{ id }] = await (await fetch(list)).json();
  const response = await fetch(`${url}/_dev/api/requests/${id}/resend`, {
    method: "POST",
    headers: { "X-Cockpit": "1" },
  });
  const repeated: { readonly id: number } = await response.json();
  assertEquals(response.status, 200);
  assert(repeated.id > id);
}

function assertStatement(seen: unknown): void {
  const { plan, title }: { plan?: unknown; title?: unknown } = Object(seen);
  assertMatch(String(plan), /\b(?:Scan|Limit|Sort)\b/);
  assertEquals(title, "GET /v1/contacts?limit=7");
}

function assertKeys(seen: unknown): void {
  const { help, ...rest }: { help?: unknown } = Object(seen);
  assertStringIncludes(String(help), "next and previous line");
  assertEquals(rest, {
    rows: 1,
    isBack: true,
    fragment: "#/requests?status=4&path=no+such+path&route=%2Fv1%2Fcontacts%2F%7Bid%7D",
    violations: [],
  });
}

function assertMetrics(seen: unknown): void {
  const { titles, pool, ...rest }: { titles?: unknown; pool?: unknown } = Object(seen);
  assertEquals(titles, [
    ...["Requests", "Response time", "Requests in flight", "Database connections", "Wait for a connection"],
    ...["Replication lag", "Queues", "Delay of the event loop", "Memory"],
  ]);
  assertMatch(String(pool), /primary idle \d/);
  assertEquals(rest, { shifts: 0, violations: [] });
}

/** Runs the program with the cockpit switched on. */
function startProgram(
  environment: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  options: ProgramOptions = {},
): Program {
  return new Program({ COCKPIT: "true", ...environment }, args, { main: MAIN, ...options });
}

async function statusOf(address: string, init: RequestInit = {}): Promise<number> {
  const response = await fetch(address, init);
  await response.body?.cancel();
  return response.status;
}

Deno.test("COCKPIT sends requests again only if their bodies are recorded as a whole, and has none in a worker", async () => {
  await using database = await useTestDatabase();
  const environment = {
    ...postgresEnvironment(database.instance),
    MIGRATE_ON_START: "true",
    ADMIN_PORT: "0",
  };
  {
    await using program = startProgram(environment);
    const url = await program.url;
    await untilReady(url);
    const api = new URL("/_dev/api", await program.metricsUrl).href;
    /** Sends a request, and sends it again by the cockpit. */
    const sendTwice = async (path: string, body: BodyInit): Promise<readonly [number, unknown]> => {
      const headers = { "Content-Type": "application/json" };
      await statusOf(url + path, { method: "POST", headers, body });
      const [{ id }] = await (await fetch(`${api}/requests?path=${path}`)).json();
      const response = await fetch(`${api}/requests/${id}/resend`, {
        method: "POST",
        headers: { "X-Cockpit": "1" },
      });
      return [response.status, await response.json()];
    };
    const contact = { name: "Ada Lovelace", email: "ada@example.com" };
    const [repeated] = await sendTwice("/v1/contacts", JSON.stringify(contact));
    assertEquals(repeated, 200);
    const [latest] = await (await fetch(`${api}/requests?path=/v1/contacts`)).json();
    assertEquals([latest.status, latest.problem], [409, "email-taken"]);
    const large = JSON.stringify({ ...contact, name: "a".repeat(70_000) });
    assertEquals(await sendTwice("/v1/contacts", large), [409, {
      error: "It cannot be sent again: of its body, the first 65536 bytes are recorded.",
    }]);
    assertEquals(await sendTwice("/v1/nowhere", new Blob(["{}"]).stream()), [409, {
      error: "It cannot be sent again: its body was read as a stream or not at all, and is not recorded.",
    }]);
  }
  await using worker = startProgram(environment, ["worker"]);
  await worker.untilMatch(/COCKPIT has no effect here/, "stderr");
});

Deno.test("COCKPIT with serve is on ADMIN_PORT alone, with one process alone", async () => {
  await using database = await useTestDatabase();
  const environment = { ...postgresEnvironment(database.instance), MIGRATE_ON_START: "true" };
  {
    await using program = startProgram({ ...environment, ADMIN_PORT: "0" });
    const url = await program.url;
    await untilReady(url);
    const admin = new URL("/_dev/", await program.metricsUrl).href;
    const page = await fetch(admin);
    assertStringIncludes(await page.text(), "<title>Cockpit</title>");
    const rows = await (await fetch(`${admin}api/requests?path=/readyz`)).json();
    assertEquals(rows[0].status, 200);
    assertEquals(await statusOf(`${url}/_dev/`), 404);
    assertEquals(await statusOf(admin, { headers: { Origin: "https://evil.example" } }), 403);
    // One that a page has left, and one that is open when the program stops.
    await statusOf(`${admin}api/requests/live`);
    const live = await fetch(`${admin}api/requests/live`);
    assertEquals((await program.stop()).code, 0);
    assertMatch(await live.text(), /^: connected/);
  }
  const refused: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
    [{}, "COCKPIT needs ADMIN_PORT"],
    ...(Deno.build.os === "linux"
      ? [[{ ADMIN_PORT: "0", WORKERS: "2" }, "COCKPIT cannot be true with 2 processes"] as const]
      : []),
  ];
  for (const [more, reason] of refused) {
    await using program = startProgram({ ...environment, ...more }, [], { permissions: "workers" });
    const { code, stderr } = await program.ended();
    assertEquals(code, 1);
    assertStringIncludes(stderr, reason);
  }
});
