import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { browse } from "@archway/tools/support/browser/browse.ts";
import { locateProgram } from "@archway/tools/support/locate_program.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program, untilReady } from "@archway/tools/support/program.ts";
import { testWith } from "@archway/tools/support/test_with.ts";

const FOLDER = import.meta.dirname ?? ".";

const executable = await locateProgram("chromium");
const testInBrowser = testWith({ reason: "Chromium is not installed", program: executable });

const DATA = [
  `create table contact_notes (
    id bigint generated always as identity primary key, contact_id uuid not null references contacts, text text
  )`,
  `insert into contact_notes (contact_id, text) select id, 'note ' || n from contacts, generate_series(1, 60) as n`,
  `insert into idempotency_keys (id, operation, fingerprint, status, headers, body, created_at, expires_at)
    values (sha256('a'), 'POST /v1/contacts', sha256('b'), 201, '[]', '{}', now(), now() + interval '1 day')`,
];

testInBrowser("the cockpit shows operations, rows, migrations, idempotency keys and inboxes", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: database.instance, replicas: [] });
  const root = await Deno.makeTempDir({ prefix: "archway_cockpit_" });
  try {
    await using program = new Program(
      { ...postgresEnvironment(database.instance), MIGRATE_ON_START: "true" },
      ["dev"],
      // Requests are stored below the working directory.
      { main: join(FOLDER, "main.ts"), root },
    );
    const url = await program.url;
    await untilReady(url);
    for (const body of [{ name: "Ada", email: "ada@example.com" }, { name: "" }]) {
      const headers = { "Content-Type": "application/json" };
      const init = { method: "POST", headers, body: JSON.stringify(body) };
      await (await fetch(`${url}/v1/contacts`, init)).body?.cancel();
    }
    await (await fetch(`${url}/v1/contacts`)).body?.cancel();
    for (const text of DATA) await pool.writer().query(text);
    const seen: SeenData = await browse(url, {
      session: join(FOLDER, "data_session.ts"),
      scenario: "readData",
      executable,
    });
    assertOperations(seen.operations);
    const { tables, migrations, idempotency, inbox } = seen;
    assertEquals(tables?.headings, ["Row", "id\nbigint", "contact_id\nuuid", "text\ntext"]);
    assertStringIncludes(tables?.contact ?? "", "ada@example.com");
    assertMatch(migrations?.row ?? "", /contact_service\s+applied$/);
    assertStringIncludes(migrations?.text ?? "", "create table contacts (");
    assertMatch(idempotency?.row ?? "", /^[0-9a-f]{16}…\s+POST \/v1\/contacts\s+replayed\s.*\s201\s+2$/);
    assertEquals(inbox?.statuses, [204, 503]);
    assertMatch(inbox?.facts ?? "", /Not verified: no webhook of this program has its URL\s+Response\s+503$/);
    assertEquals(inbox?.body, '{\n  "event": 2\n}\n');
    assertEquals([tables?.violations, inbox?.violations], [[], []]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

/** Facts about the views, as the session prints them. */
interface SeenData {
  readonly operations?: SeenOperations;
  readonly tables?: {
    readonly headings: readonly string[];
    readonly contact: string;
    readonly violations: readonly string[];
  };
  readonly migrations?: { readonly row: string; readonly text: string };
  readonly idempotency?: { readonly row: string };
  readonly inbox?: {
    readonly statuses: readonly number[];
    readonly facts: string;
    readonly body: string;
    readonly violations: readonly string[];
  };
}

interface SeenOperations {
  readonly cells: readonly string[];
  readonly calls: readonly string[];
  readonly reference: string;
  readonly handler: string;
  readonly editor: string;
  readonly violations: readonly string[];
}

function assertOperations(seen: SeenOperations | undefined): void {
  const [operation, summary, scopes, calls, refused, failed, p99 = ""] = seen?.cells ?? [];
  assertEquals([operation, summary, scopes, calls, refused, failed], [
    ...["POST /v1/contacts", "Create a contact", "contacts:write", "2", "1", "0"],
  ]);
  assertMatch(p99, /^\d+(?:\.\d+)? ms$/);
  const requests = seen?.calls.map((text) => /POST\s+(\S+)\s+(\d+)/.exec(text)?.slice(1));
  assertEquals(requests, [["/v1/contacts", "422"], ["/v1/contacts", "201"]]);
  assertMatch(seen?.reference ?? "", /^\/docs\?document=contact#\/\w+\/createContact$/);
  assertMatch(seen?.handler ?? "", /createContact: async/);
  assertMatch(seen?.editor ?? "", /^vscode:\/\/file\/.*\/contact_handlers\.ts:\d+$/);
  assertEquals(seen?.violations, []);
}
