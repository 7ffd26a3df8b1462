import { assert, assertEquals, assertRejects } from "@std/assert";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { migrationFolder } from "@archway/tools/support/migration_folder.ts";
import { DatabaseError } from "../errors.ts";
import { openPool } from "../postgres/open_pool.ts";
import { copyDatabase } from "./copy_database.ts";
import { contents } from "./testing/copy_harness.ts";

const MIGRATION = `-- migrate:up
CREATE TABLE items (id int PRIMARY KEY, text text);
INSERT INTO items SELECT n, md5(n::text) FROM generate_series(1, 20000) AS n;
-- migrate:down
`;

Deno.test("copyDatabase() resumes after a crash of the target", async () => {
  await using server = await startPostgres({ durable: true });
  await using folder = await migrationFolder({ "1_items.sql": MIGRATION });
  await using source = openPool({ primary: await server.createDatabase("source"), replicas: [] });
  await source.migrate(folder.sources);
  await using crashing = await startPostgres({ durable: true });
  await using target = openPool({ primary: crashing.instance, replicas: [] });
  const options = { sourceId: crypto.randomUUID(), migrations: folder.sources };
  let crash: Promise<void> | undefined;
  await assertRejects(
    () =>
      copyDatabase({ source, target }, {
        ...options,
        // While the next batch is being written.
        onProgress: (pass, rows) => {
          if (pass === "copied" && rows >= 5000) crash ??= crashing.kill();
        },
      }),
    DatabaseError,
  );
  await crash;
  await crashing.start();
  const { rows, found } = await copyDatabase({ source, target }, options);
  assertEquals(rows, 20_002);
  assert(found >= 5000 && found < rows, `${found} rows were found`);
  assertEquals(await contents(target, "items"), await contents(source, "items"));
});
