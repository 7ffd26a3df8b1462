import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { SmallDisk } from "@archway/tools/support/small_disk.ts";
import { openPool } from "../../postgres/open_pool.ts";
import { EmbeddedError } from "../embedded_error.ts";
import { startEmbedded } from "../start_embedded.ts";
import { spawnProgram } from "../testing/spawn_program.ts";

await using trial = await SmallDisk.mount(1);
const possible = trial !== undefined;

/** Defines a test that mounts a disk of a size in MiB. */
function testWithDisk(name: string, mebibytes: number, run: (disk: SmallDisk) => Promise<void>): void {
  Deno.test({
    name: name + (possible ? "" : " (skipped: no small disk can be mounted here)"),
    ignore: !possible,
    fn: async () => {
      await using disk = await SmallDisk.mount(mebibytes);
      if (disk === undefined) throw new Error("Mounting a small disk failed, but succeeded before");
      await run(disk);
    },
  });
}

testWithDisk("startEmbedded() says that the disk is full, and leaves no files there", 8, async (disk) => {
  const dataDirectory = `${disk.path}/data`;
  const { message } = await assertRejects(() => startEmbedded({ dataDirectory }), EmbeddedError);
  assertStringIncludes(message, `The embedded database cannot use ${dataDirectory}; its disk is full: free`);
  assertEquals(await Array.fromAsync(Deno.readDir(dataDirectory), ({ name }) => name), ["lock"]);
});

testWithDisk("startEmbedded() says that the data directory is read-only", 80, async (disk) => {
  const dataDirectory = `${disk.path}/data`;
  await (await startEmbedded({ dataDirectory }))[Symbol.asyncDispose]();
  await new Deno.Command("mount", { args: ["-o", "remount,ro", disk.path] }).output();
  const { message } = await assertRejects(() => startEmbedded({ dataDirectory }), EmbeddedError);
  assertStringIncludes(
    message,
    "it is on a read-only file system: set EMBEDDED_DATA_DIR to a writable volume",
  );
});

testWithDisk(
  "startEmbedded() reports PostgreSQL's reason when it aborts, and recovers with free space",
  80,
  async (disk) => {
    const messages: string[] = [];
    await using database = await startEmbedded({
      dataDirectory: `${disk.path}/data`,
      onMessage: (message) => messages.push(message),
    });
    await using pool = openPool({ primary: database.instance, replicas: [], ...GENEROUS_TIMEOUTS });
    const writer = pool.writer();
    await writer.query("CREATE TABLE filled (id int, text text)");
    let stored = 0;
    // Write-ahead log needs space, other than rows, without which PostgreSQL cannot continue.
    const fill = async (): Promise<void> => {
      await writer.query(
        `WITH stored AS (INSERT INTO filled VALUES (1, 'private') RETURNING id)
          SELECT pg_logical_emit_message(true, 'test', repeat('private', 100000)) FROM stored`,
      );
      stored++;
    };
    // The table needs no further page, which PostgreSQL would only refuse.
    await fill();
    await disk.fill();
    while (messages.length === 0) await fill().catch(() => undefined);
    assertMatch(messages[0] ?? "", /^aborted: PANIC: .*No space left on device$/);
    assertEquals(messages.join().includes("private"), false);
    await disk.empty();
    const before = stored;
    while (stored === before) await fill().catch(() => undefined);
    const { rows: [row] } = await writer.query<{ count: bigint }>("SELECT count(*) AS count FROM filled");
    // A row may be stored without being acknowledged when it aborts.
    assert(row !== undefined && Number(row.count) >= stored, `${row?.count} of ${stored}`);
    assertEquals(messages.at(-1), "recovered and runs again");
  },
);

Deno.test("startEmbedded() works if the directory for temporary files is not writable", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await using program = await spawnProgram(
      `
      import { startEmbedded } from ${JSON.stringify(import.meta.resolve("../start_embedded.ts"))};
      const database = await startEmbedded({ dataDirectory: ${JSON.stringify(directory)} });
      console.log(database.instance.host);
      await database[Symbol.asyncDispose]();`,
      { TMPDIR: `${directory}/missing` },
    );
    const host = await program.line();
    assertEquals(host, `${await Deno.realPath(directory)}/run`);
    assertEquals(await program.ended(), { code: 0, errors: "" });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

testWithDisk("startEmbedded() works on a read-only root with one writable volume", 80, async (disk) => {
  const program = `
    import { startEmbedded } from ${JSON.stringify(import.meta.resolve("../start_embedded.ts"))};
    const database = await startEmbedded({ dataDirectory: ${JSON.stringify(`${disk.path}/data`)} });
    console.log(database.instance.host);
    await database[Symbol.asyncDispose]();`;
  const config = new URL("../../../deno.json", import.meta.url).pathname;
  const deno = `${Deno.execPath()} run -A --quiet --no-check --ext=ts --config ${config} -`;
  const child = new Deno.Command("unshare", {
    args: ["--mount", "sh", "-c", `mount --make-rprivate / && mount -o remount,ro,bind / && exec ${deno}`],
    // On the read-only root, wherever /tmp is.
    env: { TMPDIR: "/usr" },
    ...{ stdin: "piped", stdout: "piped", stderr: "piped" } as const,
  }).spawn();
  await ReadableStream.from([new TextEncoder().encode(program)]).pipeTo(child.stdin);
  const { code, stdout, stderr } = await child.output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  assertEquals(new TextDecoder().decode(stdout), `${disk.path}/data/run\n`);
});
