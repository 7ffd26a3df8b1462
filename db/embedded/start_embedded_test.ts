import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { openPool } from "../postgres/open_pool.ts";
import { type EmbeddedDatabase, startEmbedded } from "./start_embedded.ts";

Deno.test("startEmbedded() preserves data across restarts", async () => {
  await using directory = await temporaryDirectory();
  for (const expected of [[], [1], [1, 2]]) {
    await using database = await startEmbedded({ dataDirectory: directory.path });
    assertEquals(await idsOf(database), expected);
    await using pool = openPool({ primary: database.instance, replicas: [] });
    await pool.writer().query("INSERT INTO survivor VALUES ($1)", [expected.length + 1]);
  }
});

Deno.test("startEmbedded() serves a socket accessible to this user only, and removes it", async () => {
  await using directory = await temporaryDirectory();
  const database = await startEmbedded({ dataDirectory: directory.path });
  const { host } = database.instance;
  assertEquals(((await Deno.stat(host)).mode ?? 0) & 0o777, 0o700);
  assert(`${host}/.s.PGSQL.5432`.length < 104);
  await database[Symbol.asyncDispose]();
  await assertRejects(() => Deno.stat(host), Deno.errors.NotFound);
});

Deno.test("startEmbedded() rejects the files of another major version", async () => {
  await using directory = await temporaryDirectory();
  await Deno.mkdir(`${directory.path}/cluster`);
  await Deno.writeTextFile(`${directory.path}/cluster/PG_VERSION`, "17\n");
  const error = await assertRejects(() => startEmbedded({ dataDirectory: directory.path }), Error);
  assertStringIncludes(error.message, "was created by PostgreSQL 17");
});

Deno.test("startEmbedded() reports corrupt files", async () => {
  await using directory = await temporaryDirectory();
  await Deno.mkdir(`${directory.path}/cluster`);
  await Deno.writeTextFile(`${directory.path}/cluster/PG_VERSION`, "18\n");
  const error = await assertRejects(() => startEmbedded({ dataDirectory: directory.path }), Error);
  assertStringIncludes(error.message, "The embedded database failed");
});

async function idsOf(database: EmbeddedDatabase): Promise<readonly number[]> {
  await using pool = openPool({ primary: database.instance, replicas: [] });
  await pool.writer().query("CREATE TABLE IF NOT EXISTS survivor (id int PRIMARY KEY)");
  const { rows } = await pool.writer().query<{ id: number }>("SELECT id FROM survivor ORDER BY id");
  return rows.map(({ id }) => id);
}

async function temporaryDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
