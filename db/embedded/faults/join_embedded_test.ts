import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { FIXTURE_MIGRATIONS } from "@archway/tools/support/fixture_migrations.ts";
import { migrationFolder } from "@archway/tools/support/migration_folder.ts";
import type { ConnectionPool } from "../../db.ts";
import { openPool } from "../../postgres/open_pool.ts";
import type { InstanceConfig } from "../../postgres/pool_config.ts";
import { DirectoryInUseError, EmbeddedError } from "../embedded_error.ts";
import { joinEmbedded } from "../join_embedded.ts";
import { lockMigrations } from "../lock_directory.ts";
import { startEmbedded } from "../start_embedded.ts";

Deno.test("joinEmbedded() uses a database that is shared, and starts one that does not run", async () => {
  await using directory = await temporaryDirectory();
  const dataDirectory = directory.path;
  const run = async (instance: InstanceConfig, text: string): Promise<readonly unknown[]> => {
    await using pool = openPool({ primary: instance, replicas: [] });
    return (await pool.writer().query(text)).rows;
  };
  {
    await using service = await startEmbedded({ dataDirectory, isShared: true });
    {
      await using joined = await joinEmbedded({ dataDirectory, joins: true });
      assertEquals(joined.isElsewhere, true);
      await run(joined.instance, "CREATE TABLE shared AS SELECT 7 AS value");
    }
    assertEquals(await run(service.instance, "SELECT * FROM shared"), [{ value: 7 }]);
    await assertRejects(() => joinEmbedded({ dataDirectory, joins: false }), DirectoryInUseError);
    const { host } = service.instance;
    await Deno.rename(host, `${host}.gone`);
    const error = await assertRejects(
      () => joinEmbedded({ dataDirectory, joins: true, maxWaitMs: 0 }),
      DirectoryInUseError,
    );
    assertStringIncludes(error.message, "socket is gone");
    await Deno.rename(`${host}.gone`, host);
  }
  await using joined = await joinEmbedded({ dataDirectory, joins: true });
  assertEquals(joined.isElsewhere, false);
  assertEquals(await run(joined.instance, "SELECT * FROM shared"), [{ value: 7 }]);
});

Deno.test("joinEmbedded() waits for a database that is not shared", async () => {
  await using directory = await temporaryDirectory();
  const dataDirectory = directory.path;
  const first = await startEmbedded({ dataDirectory });
  const waited = Promise.withResolvers<void>();
  const joining = joinEmbedded({ dataDirectory, joins: true, onWait: () => waited.resolve() });
  await waited.promise;
  await first[Symbol.asyncDispose]();
  await using joined = await joining;
  assertEquals(joined.isElsewhere, false);
});

Deno.test("joinEmbedded() uses no socket in a directory that others may write to", async () => {
  await using directory = await temporaryDirectory();
  const dataDirectory = `${directory.path}/data`;
  const open = `${directory.path}/open`;
  await Deno.mkdir(dataDirectory);
  await Deno.mkdir(open);
  await Deno.chmod(open, 0o777);
  const lines = [open, await Deno.realPath(dataDirectory), "shared"];
  await Deno.writeTextFile(`${dataDirectory}/socket`, lines.join("\n"));
  using _listener = Deno.listen({ transport: "unix", path: `${open}/.s.PGSQL.5432` });
  await using joined = await joinEmbedded({ dataDirectory, joins: true });
  assertEquals(joined.isElsewhere, false);
});

Deno.test("startEmbedded() removes no directory but that of a socket of its own", async () => {
  await using directory = await temporaryDirectory();
  const [long, copy] = [`${directory.path}/${"long/".repeat(20)}data`, `${directory.path}/copy`];
  await using original = await startEmbedded({ dataDirectory: long });
  // A copy of the directory of a running database.
  await Deno.mkdir(copy);
  await Deno.copyFile(`${long}/socket`, `${copy}/socket`);
  const planted = [
    `${directory.path}/archway_socket_1/../precious`,
    `${directory.path}/archway_socket_2`,
    // The one of the original, as if it were its own.
    original.instance.host,
  ];
  await Deno.mkdir(`${directory.path}/archway_socket_1`);
  for (const name of ["precious", "archway_socket_2"]) {
    await Deno.mkdir(`${directory.path}/${name}`, { mode: 0o700 });
    await Deno.writeTextFile(`${directory.path}/${name}/file`, "");
  }
  await (await startEmbedded({ dataDirectory: copy }))[Symbol.asyncDispose]();
  for (const path of planted) {
    await Deno.writeTextFile(`${copy}/socket`, [path, await Deno.realPath(copy), "shared"].join("\n"));
    await (await startEmbedded({ dataDirectory: copy }))[Symbol.asyncDispose]();
  }
  for (const name of ["precious", "archway_socket_2"]) await Deno.stat(`${directory.path}/${name}/file`);
  await using pool = openPool({ primary: original.instance, replicas: [] });
  assertEquals((await pool.writer().query("SELECT 7 AS value")).rows, [{ value: 7 }]);
});

Deno.test("startEmbedded() writes to no file that a link in its directory leads to", async () => {
  await using directory = await temporaryDirectory();
  const [dataDirectory, precious] = [`${directory.path}/data`, `${directory.path}/precious`];
  await Deno.mkdir(dataDirectory);
  await Deno.writeTextFile(precious, "precious");
  for (const name of ["socket", "socket.new"]) await Deno.symlink(precious, `${dataDirectory}/${name}`);
  await using _database = await startEmbedded({ dataDirectory, isShared: true });
  assertEquals(await Deno.readTextFile(precious), "precious");
  await using joined = await joinEmbedded({ dataDirectory, joins: true });
  assertEquals(joined.isElsewhere, true);
});

Deno.test("lockMigrations() makes pools that share a session apply each migration once", async () => {
  await using directory = await temporaryDirectory();
  await using database = await startEmbedded({ dataDirectory: directory.path });
  await using pools = new AsyncDisposableStack();
  const open = (): ConnectionPool =>
    pools.use(openPool({
      ...{ primary: database.instance, replicas: [] },
      lockMigrations: (options) => lockMigrations(directory.path, options),
    }));
  const applied = await Promise.all([open(), open(), open()].map((pool) => pool.migrate(FIXTURE_MIGRATIONS)));
  const [first = []] = applied.filter(({ length }) => length > 0);
  assert(first.length > 0);
  assertEquals(applied.flat(), first);
  assertEquals(await open().pendingMigrations(FIXTURE_MIGRATIONS), []);
});

Deno.test("lockMigrations() reports that it waits for another process, and ends on a signal", async () => {
  await using directory = await temporaryDirectory();
  await using database = await startEmbedded({ dataDirectory: directory.path });
  await using pool = openPool({
    ...{ primary: database.instance, replicas: [] },
    lockMigrations: (options) => lockMigrations(directory.path, options),
  });
  const stopping = new AbortController();
  const { signal } = stopping;
  const reasons: string[] = [];
  const onWait = (reason: string): void => {
    reasons.push(reason);
    stopping.abort();
  };
  {
    using _held = await lockMigrations(directory.path);
    const error = await assertRejects(() => pool.migrate(FIXTURE_MIGRATIONS, { onWait, signal }));
    assertEquals(error, signal.reason);
    assertEquals(reasons, ["the migrations of another process"]);
  }
  assert((await pool.migrate(FIXTURE_MIGRATIONS)).length > 0);
});

Deno.test("lockMigrations() names the directory that it cannot use", async () => {
  await using directory = await temporaryDirectory();
  await Deno.mkdir(`${directory.path}/migrations.lock`);
  const { message } = await assertRejects(() => lockMigrations(directory.path), EmbeddedError);
  assert(message.startsWith(`The embedded database cannot use ${directory.path}; `), message);
});

Deno.test("migrate() lets no other client of the session see the settings of a file", async () => {
  await using directory = await temporaryDirectory();
  await using database = await startEmbedded({ dataDirectory: directory.path });
  await using folder = await migrationFolder({
    "1_settings.sql": `-- migrate:up\nCREATE TABLE seen ();\nSET search_path = nowhere;\nSET ROLE pg_monitor;
      DO $$ BEGIN RAISE NOTICE 'set'; END $$;\n`,
  });
  await using pool = openPool({ primary: database.instance, replicas: [] });
  await pool.writer().query("SELECT");
  let other: Promise<{ readonly rowCount: number }> | undefined;
  // Waits for the transaction of the file, so it is the first after COMMIT.
  const onNotice = (): void => void (other ??= pool.writer().query("SELECT FROM seen"));
  await pool.migrate(folder.sources, { onNotice });
  assertEquals((await other)?.rowCount, 0);
});

async function temporaryDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
