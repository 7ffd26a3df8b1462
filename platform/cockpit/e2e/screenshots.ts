import { join } from "node:path";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { browse } from "@archway/tools/support/browser/browse.ts";
import { locateProgram } from "@archway/tools/support/locate_program.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program, untilReady } from "@archway/tools/support/program.ts";

const FOLDER = import.meta.dirname ?? ".";

/** Writes the images of docs/cockpit.md, with a request that fails because a table is missing. */
export async function takeScreenshots(): Promise<void> {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: database.instance, replicas: [] });
  const root = await Deno.makeTempDir({ prefix: "archway_cockpit_" });
  try {
    const environment = { ...postgresEnvironment(database.instance), MIGRATE_ON_START: "true" };
    await using program = new Program(environment, ["dev"], { main: join(FOLDER, "main.ts"), root });
    const url = await program.url;
    await untilReady(url);
    await pool.writer().query("ALTER TABLE contacts RENAME TO lost_contacts");
    await (await fetch(`${url}/v1/contacts/${crypto.randomUUID()}`)).body?.cancel();
    await pool.writer().query("ALTER TABLE lost_contacts RENAME TO contacts");
    const executable = await locateProgram("chromium");
    await browse(url, {
      session: join(FOLDER, "cockpit_session.ts"),
      scenario: "takeScreenshots",
      executable,
    });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}
