import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { CommandError } from "@archway/service_kit/command.ts";
import type { ExportColumn } from "@archway/service_kit/export_definition.ts";
import { SmallDisk } from "@archway/tools/support/small_disk.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { GROUP_ROWS } from "../parquet/parquet_file.ts";
import { assertRows, inFolder, run } from "../testing/number_folder.ts";
import { filesIn, readDataSet, readManifest } from "../testing/read_data_set.ts";

Deno.test("exportStream() adds each row once, in files of its day", () =>
  inFolder(async (folder) => {
    assertEquals(await run(folder, { last: 4_001n }), { rows: 2_001, total: 2_001, files: 3 });
    await assertRows(folder, 4_001n);
    const first = await readManifest(folder);
    assertEquals(first.files.map(({ day, path }) => [day, path.slice(0, 14)]), [
      ["2026-11-29", "day=2026-11-29"],
      ["2026-11-30", "day=2026-11-30"],
      ["2026-12-01", "day=2026-12-01"],
    ]);
    const nowMs = (): number => Date.parse("2026-12-02T12:00:00Z");
    assertEquals(await run(folder, { last: 4_001n, nowMs }), { rows: 0, total: 2_001, files: 3 });
    assertEquals(await readManifest(folder), { ...first, completedAt: "2026-12-02T12:00:00.000Z" });
    // Only positions that were rolled back are added.
    assertEquals((await run(folder, { last: 4_002n })).rows, 0);
    assertEquals((await run(folder, { last: 4_103n })).rows, 51);
    await assertRows(folder, 4_103n);
    const second = await readManifest(folder);
    assertEquals(
      second.files.filter(({ path }) => first.files.some((file) => file.path === path)),
      first.files,
    );
  }));

Deno.test("exportStream() replaces the manifest after a number of rows, and continues there", () =>
  inFolder(async (folder) => {
    const stopping = new AbortController();
    const reason = new RangeError("Stopped");
    const stopped = run(folder, {
      last: 4_001n,
      commitRows: 500,
      signal: stopping.signal,
      onProgress: (rows) => rows >= 1_200 && stopping.abort(reason),
    });
    assertEquals(await assertRejects(() => stopped, RangeError), reason);
    const { sequence, rows, stream, completedAt } = await readManifest(folder);
    assertEquals([sequence, rows, stream?.position, completedAt], [2, 1_000, "1999", undefined]);
    await assertRows(folder, 1_999n);
    assertEquals((await run(folder, { last: 4_001n, commitRows: 500 })).rows, 1_001);
    await assertRows(folder, 4_001n);
    assert((await readManifest(folder)).completedAt !== undefined);
  }));

Deno.test("exportStream() gives new files new columns, and leaves old files as they are", () =>
  inFolder(async (folder) => {
    await run(folder, { last: 101n });
    const columns = {
      position: { type: "int64", description: "" },
      extra: { type: "int32", description: "" },
    } as const;
    await run(folder, { last: 201n, columns });
    const rows = await readDataSet(folder);
    assertEquals(rows[0], { position: 1n, label: "row 1" });
    assertEquals(rows.at(-1), { position: 201n, extra: 1 });
    const names = (await readManifest(folder)).columns.map(({ name, type }) => `${name} ${type}`);
    assertEquals(names, ["position int64", "label text", "extra int32"]);
  }));

Deno.test("exportStream() refuses a column of another type, unless all rows are exported again", () =>
  inFolder(async (folder) => {
    await run(folder, { last: 101n });
    const before = await readManifest(folder);
    const columns = {
      position: { type: "int64", description: "" },
      label: { type: "json", description: "" },
    } as const;
    const error = await assertRejects(() => run(folder, { last: 201n, columns }), CommandError);
    assertEquals(
      error.message,
      "The column label of numbers is of the type json and was text; export all with --full",
    );
    assertEquals(await readManifest(folder), before);
    await run(folder, { last: 201n, columns, full: true });
    await assertRows(folder, 201n);
  }));

Deno.test("exportStream() refuses a database with another history, unless all rows are exported again", () =>
  inFolder(async (folder) => {
    await run(folder, { last: 101n });
    for (const other of [{ last: 201n, history: "other " }, { last: 99n }]) {
      const error = await assertRejects(() => run(folder, other), CommandError);
      assertStringIncludes(error.message, "up to position 101 than were exported");
    }
    await assertRows(folder, 101n);
    const { sequence, files: [old] } = await readManifest(folder);
    assertEquals((await run(folder, { last: 99n, full: true })).rows, 50);
    await assertRows(folder, 99n);
    const after = await readManifest(folder);
    assertEquals(after.sequence, sequence + 1);
    assert(!after.files.some(({ path }) => path === old?.path));
  }));

Deno.test("exportStream() refuses a manifest of something else", () =>
  inFolder(async (folder) => {
    for (const text of ["", "{}", '{"format":2}', "null"]) {
      await Deno.mkdir(folder, { recursive: true });
      await Deno.writeTextFile(join(folder, "manifest.json"), text);
      const error = await assertRejects(() => run(folder, { last: 1n }), CommandError);
      assertStringIncludes(error.message, "manifest.json of numbers is not a manifest of this program");
    }
    await Deno.remove(join(folder, "manifest.json"));
    await run(folder, { last: 1n });
    const text = await Deno.readTextFile(join(folder, "manifest.json"));
    await Deno.writeTextFile(join(folder, "manifest.json"), text.replace('"numbers"', '"letters"'));
    const error = await assertRejects(() => run(folder, { last: 1n }), CommandError);
    assertStringIncludes(error.message, "holds the data set letters, not numbers");
  }));

Deno.test("exportStream() refuses a manifest with a member of another form, and reads no file elsewhere", () =>
  inFolder(async (folder) => {
    await run(folder, { last: 1n });
    const manifest = await readManifest(folder);
    const [file] = manifest.files;
    const until = "2020-01-01T00:00:00.000Z";
    const elsewhere = "../../victim";
    const wrong: readonly (readonly [keyof Manifest, unknown])[] = [
      ["sequence", -1],
      ["columns", [{ name: "position", type: "blob" }]],
      ["rows", "1"],
      ...["yesterday", "2026-12-02", "2026-12-02T12:00:00", "2026-02-30T12:00:00.000Z", "Dec 2 2026"]
        .map((value) => ["completedAt", value] as const),
      ...[5, [null], [{}], [{ ...file, path: elsewhere }], [{ ...file, day: "2020-01-01" }]]
        .map((value) => ["files", value] as const),
      ...[null, "abc", undefined, { ...manifest.stream, position: "abc" }, { position: "1" }]
        .map((value) => ["stream", value] as const),
      ["days", { "2020-01-01": 1 }],
      ...[5, [null], [{ path: elsewhere, until }], [{ path: `day=2020-01-01/${elsewhere}`, until }]]
        .map((value) => ["replaced", value] as const),
    ];
    for (const [member, value] of wrong) {
      await Deno.writeTextFile(
        join(folder, "manifest.json"),
        JSON.stringify({ ...manifest, [member]: value }),
      );
      const { message } = await assertRejects(() => run(folder, { last: 1n }), CommandError);
      assertEquals(
        message,
        `manifest.json of numbers is not a manifest of this program, as its member ${member} shows; use an empty target`,
        JSON.stringify(value),
      );
    }
  }));

Deno.test("exportStream() leaves no file of a stream that has become empty, if all is exported again", () =>
  inFolder(async (folder) => {
    await run(folder, { last: 101n });
    assertEquals(await run(folder, { last: 0n, full: true }), { rows: 0, total: 0, files: 0 });
    await assertRows(folder, 0n);
  }));

Deno.test("exportStream() leaves the manifest of before when the disk is full, and continues", async () => {
  await using disk = await SmallDisk.mount(1);
  if (disk === undefined) return;
  const folder = join(disk.path, "numbers");
  await run(folder, { last: 4_001n });
  await disk.fill();
  const error = await assertRejects(() => run(folder, { last: 40_001n }), Error);
  assertEquals("code" in error && error.code, "ENOSPC");
  assertEquals((await readManifest(folder)).stream?.position, "4001");
  await assertRows(folder, 4_001n);
  await disk.empty();
  await run(folder, { last: 40_001n });
  await assertRows(folder, 40_001n);
});

Deno.test("exportStream() merges the files of a past day into what an export of all would write", () =>
  inFolder(async (folder) => {
    const day = 86_400_000;
    let now = Date.parse("2026-12-02T00:00:00Z");
    const nowMs = (): number => now;
    await run(folder, { last: 4_001n, commitRows: 100, mergeFiles: Infinity, nowMs });
    const before = await readManifest(folder);
    const perDay = ({ files }: Manifest): readonly number[] =>
      [...Map.groupBy(files, (file) => file.day).values()].map(({ length }) => length);
    // The newest day remains as it is, and so does one of few files.
    const merge = await run(folder, { last: 4_001n, mergeFiles: 3, nowMs });
    const after = await readManifest(folder);
    const [, past = 0, newest = 0] = perDay(before);
    assertEquals([past > 5, newest > 5, perDay(after)], [true, true, [1, 1, newest]]);
    assertEquals([merge.rows, merge.total, merge.files], [0, 2_001, newest + 2]);
    assertEquals([after.rows, after.stream], [before.rows, before.stream]);
    const merged = before.files.filter(({ day }) => day === "2026-11-30").map(({ path }) => path);
    const until = "2026-12-03T00:00:00.000Z";
    assertEquals(after.replaced, merged.map((path) => ({ path, until })));

    // A reader with the earlier manifest has a day.
    now += day - 1;
    await run(folder, { last: 4_001n, nowMs });
    for (const { path } of before.files) assert((await filesIn(folder)).includes(path), path);
    now += 1;
    await run(folder, { last: 4_003n, nowMs });
    await assertRows(folder, 4_003n);
    assertEquals("replaced" in await readManifest(folder), false);

    const full = `${folder}-full`;
    await run(full, { last: 4_003n });
    const bytesOf = async (of: string): Promise<Uint8Array> => {
      const { path = "" } = (await readManifest(of)).files.find((file) => file.day === "2026-11-30") ?? {};
      return await Deno.readFile(join(of, path));
    };
    assertEquals(await bytesOf(folder), await bytesOf(full));
  }));

Deno.test("exportStream() merges no file that holds more rows than the manifest says, or than fit into memory", () =>
  inFolder(async (folder) => {
    await run(folder, { last: 4_001n, commitRows: 100, mergeFiles: Infinity });
    const before = await readManifest(folder);
    const file = before.files.find(({ day }) => day === "2026-11-30");
    assert(file !== undefined);
    const position = new BigInt64Array(GROUP_ROWS + 1);
    const columnData = [{ name: "position", data: Array.from(position), type: "INT64" } as const];
    const planted = parquetWriteBuffer({ columnData, rowGroupSize: position.length });
    assert(planted.byteLength < 1_000);
    await Deno.writeFile(join(folder, file.path), new Uint8Array(planted));
    for (const rows of [file.rows, position.length]) {
      const files = before.files.map((each) => each === file ? { ...file, rows } : each);
      await Deno.writeTextFile(join(folder, "manifest.json"), JSON.stringify({ ...before, files }));
      const { message } = await assertRejects(
        () => run(folder, { last: 4_001n, mergeFiles: 2 }),
        CommandError,
      );
      assertStringIncludes(message, `${file.path} is not the file that the manifest lists`);
    }
  }));

Deno.test("exportStream() merges files with different columns, and leaves those whose types differ", () =>
  inFolder(async (folder) => {
    const position = { type: "int64", description: "" } as const;
    const priced = (scale: number): Readonly<Record<string, ExportColumn>> => ({
      position,
      price: { type: "decimal", scale, description: "" },
    });
    await run(folder, { last: 901n });
    await run(folder, { last: 4_001n, columns: { position, extra: { type: "int32", description: "" } } });
    await run(folder, { last: 4_001n, mergeFiles: 2 });
    const rows = await readDataSet(folder);
    const [first, last] = [101n, 1_001n].map((at) => rows.find((row) => row["position"] === at));
    assertEquals(first, { position: 101n, label: "row 101", extra: null });
    assertEquals(last, { position: 1_001n, label: null, extra: 1 });
    const other = `${folder}-other`;
    await run(other, { last: 901n, columns: priced(1) });
    const nowMs = (): number => Date.parse("2026-12-02T12:00:00Z");
    await run(other, { last: 4_001n, columns: priced(2), nowMs });
    const before = await readManifest(other);
    await run(other, { last: 4_001n, mergeFiles: 2, nowMs });
    assertEquals(await readManifest(other), before);
  }));
