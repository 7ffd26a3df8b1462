import { assertEquals } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import { startEmbedded } from "@archway/db/embedded/start_embedded.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { MIGRATION_SOURCES } from "@archway/tools/support/migration_sources.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { MainProgram, untilReady } from "@archway/tools/support/program.ts";
import { services } from "../../services.ts";

const DUMP = await Deno.readTextFile(new URL("./before_services.sql", import.meta.url));

/** Contents of the dump by service: the URL of a list and its number of items. */
const SHOWN: Readonly<Record<string, readonly (readonly [string, number])[]>> = {
  profile_service: [["/v1/profiles", 2]],
  payment_service: [["/v1/accounts", 3], ["/v1/payments", 1]],
  events: [["/v1/webhooks", 1]],
};

/** Loads the dump into an empty database. */
async function load(pool: ConnectionPool): Promise<void> {
  for (const statement of DUMP.split(/^--\n/m)) await pool.writer().query(statement);
}

/** Asserts that no applied migration of the listed services has changed or is missing. */
async function assertAccepted(pool: ConnectionPool): Promise<void> {
  const states = await pool.migrationStatus(MIGRATION_SOURCES);
  assertEquals(states.filter(({ state }) => state === "changed"), []);
  if (services.length < 3) return;
  assertEquals(states.filter(({ state }) => state === "missing"), []);
}

/** Asserts that the program applies new migrations and serves the existing data. */
async function assertServes(environment: Readonly<Record<string, string>>): Promise<void> {
  await using program = new MainProgram({ ...environment, MIGRATE_ON_START: "true", WORKER: "off" });
  const url = await program.url;
  await untilReady(url);
  for (const { name } of services) {
    for (const [path, count] of SHOWN[name] ?? []) {
      const response = await fetch(url + path);
      const { data }: { data: readonly unknown[] } = await response.json();
      assertEquals([path, response.status, data.length], [path, 200, count]);
    }
  }
  const { code } = await program.stop();
  assertEquals(code, 0);
}

Deno.test("main.ts starts on a PostgreSQL database of the previous version", async () => {
  await using database = await useTestDatabase();
  {
    await using pool = openPool({ primary: database.instance, replicas: [] });
    await load(pool);
    await assertAccepted(pool);
  }
  await assertServes(postgresEnvironment(database.instance));
});

Deno.test("main.ts starts on an embedded data directory of the previous version", async () => {
  const folder = await Deno.makeTempDir({ prefix: "archway_upgrade_" });
  try {
    {
      await using embedded = await startEmbedded({ dataDirectory: `${folder}/postgres` });
      await using pool = openPool({ primary: embedded.instance, replicas: [] });
      await load(pool);
      await assertAccepted(pool);
    }
    await assertServes({ EMBEDDED_DATA_DIR: folder });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
