import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { openPool } from "../../postgres/open_pool.ts";
import { type EmbeddedDatabase, startEmbedded } from "../start_embedded.ts";
import { spawnProgram } from "../testing/spawn_program.ts";

Deno.test("startEmbedded() uses a short socket path if that of the temporary directory is long", async () => {
  await using directory = await temporaryDirectory();
  const far = `${directory.path}/${"far/".repeat(30)}`;
  await Deno.mkdir(far, { recursive: true });
  await using program = await spawnProgram(programThatInserts(`${far}data`), { TMPDIR: far });
  assertEquals(await program.line(), "1");
  const [socketDirectory = ""] = (await Deno.readTextFile(`${far}data/socket`)).split("\n");
  assert(socketDirectory.length < 86 && !socketDirectory.startsWith(far), socketDirectory);
  await program.kill();
  // The next start removes what was left.
  await using database = await startEmbedded({ dataDirectory: `${far}data` });
  await assertRejects(() => Deno.stat(socketDirectory), Deno.errors.NotFound);
  await Deno.stat(database.instance.host);
});

Deno.test("startEmbedded() rejects a directory in use by another process", async () => {
  await using directory = await temporaryDirectory();
  await using owner = await spawnProgram(programThatInserts(directory.path));
  await owner.line();
  const error = await assertRejects(() => startEmbedded({ dataDirectory: directory.path }), Error);
  assertStringIncludes(
    error.message,
    `The embedded database in ${directory.path} is in use by another process`,
  );
  await owner.kill();
  await using database = await startEmbedded({ dataDirectory: directory.path });
  assert((await idsOf(database)).length > 0);
});

Deno.test("startEmbedded() preserves every acknowledged commit after SIGKILL", async () => {
  await using directory = await temporaryDirectory();
  let acknowledged = 0;
  for (const rounds of [1, 3, 10, 30]) {
    await using program = await spawnProgram(programThatInserts(directory.path));
    for (let round = 0; round < rounds; round++) acknowledged = Number(await program.line());
    await program.kill();
  }
  await using database = await startEmbedded({ dataDirectory: directory.path });
  const ids = await idsOf(database);
  // One more may have been committed without being acknowledged.
  assert(ids.length >= acknowledged, `${ids.length} of ${acknowledged}`);
  assertEquals(ids, ids.map((_, index) => index + 1));
});

Deno.test("startEmbedded() recovers from a SIGKILL during its first start", async () => {
  await using directory = await temporaryDirectory();
  for (const files of [1, 100, 500]) {
    await Deno.remove(directory.path, { recursive: true });
    await using program = await spawnProgram(programThatInserts(directory.path));
    while (await filesBelow(directory.path) < files) await new Promise((resolve) => setTimeout(resolve, 1));
    await program.kill();
    await using database = await startEmbedded({ dataDirectory: directory.path });
    assertEquals((await idsOf(database)).slice(1), []);
    const names = await Array.fromAsync(Deno.readDir(directory.path), ({ name }) => name);
    assertEquals(names.sort(), ["cluster", "lock", "run", "socket"]);
  }
});

/** Returns a program that prints each number after its row is committed. */
function programThatInserts(directory: string): string {
  return `
    import { startEmbedded } from ${JSON.stringify(import.meta.resolve("../start_embedded.ts"))};
    import { openPool } from ${JSON.stringify(import.meta.resolve("../../postgres/open_pool.ts"))};
    const database = await startEmbedded({ dataDirectory: ${JSON.stringify(directory)} });
    const writer = openPool({ primary: database.instance, replicas: [] }).writer();
    await writer.query("CREATE TABLE IF NOT EXISTS survivor (id int PRIMARY KEY)");
    while (true) {
      const { rows } = await writer.query(
        "INSERT INTO survivor SELECT coalesce(max(id), 0) + 1 FROM survivor RETURNING id");
      console.log(rows[0].id);
    }`;
}

async function idsOf(database: EmbeddedDatabase): Promise<readonly number[]> {
  await using pool = openPool({ primary: database.instance, replicas: [] });
  await pool.writer().query("CREATE TABLE IF NOT EXISTS survivor (id int PRIMARY KEY)");
  const { rows } = await pool.writer().query<{ id: number }>("SELECT id FROM survivor ORDER BY id");
  return rows.map(({ id }) => id);
}

async function filesBelow(directory: string): Promise<number> {
  let count = 0;
  try {
    for await (const entry of Deno.readDir(directory)) {
      count += entry.isDirectory ? await filesBelow(`${directory}/${entry.name}`) : 1;
    }
  } catch {
    // It does not exist yet, or was just renamed.
  }
  return count;
}

async function temporaryDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
