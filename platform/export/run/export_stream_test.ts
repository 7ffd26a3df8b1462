import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { dirname, join } from "node:path";
import { EnvironmentReader } from "@archway/config/environment_reader.ts";
import { CommandError } from "@archway/service_kit/command.ts";
import type { ExportColumn } from "@archway/service_kit/export_definition.ts";
import type { Reading } from "@archway/service_kit/metric_sink.ts";
import { SmallDisk } from "@archway/tools/support/small_disk.ts";
import { readExportConfig, type S3Config } from "../export_config.ts";
import { ExportMetrics } from "../schedule/export_metrics.ts";
import { ScheduledExport } from "../schedule/scheduled_export.ts";
import { openLocalStorage } from "../storage/local_storage.ts";
import { readCompletion } from "../storage/open_storage.ts";
import { NO_DATABASE, numberStream, type NumberStreamOptions } from "../testing/number_stream.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { filesIn, readDataSet, readManifest } from "../testing/read_data_set.ts";
import { exportDataSet } from "./export_data_set.ts";
import type { ExportOptions, ExportSummary } from "./export_options.ts";

const NO_STORE: S3Config = {
  ...{ endpoint: undefined, accessKeyId: undefined, secretAccessKey: undefined },
  ...{ region: "us-east-1", sessionToken: undefined },
};

type Changes =
  & NumberStreamOptions
  & Partial<Pick<ExportOptions, "full" | "signal" | "commitRows" | "onProgress" | "mergeFiles" | "nowMs">>;

async function run(
  folder: string,
  { full, signal, commitRows, onProgress, mergeFiles, nowMs, ...stream }: Changes,
): Promise<ExportSummary> {
  await using storage = await openLocalStorage(folder);
  return await exportDataSet(numberStream(stream), {
    ...{ storage, connections: NO_DATABASE, catalogs: [], batchRows: 100 },
    ...(full !== undefined && { full }),
    ...(commitRows !== undefined && { commitRows }),
    ...(mergeFiles !== undefined && { mergeFiles }),
    ...(nowMs !== undefined && { nowMs }),
    ...{ signal, onProgress },
  });
}

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "archway_export_" });
  try {
    await test(join(folder, "numbers"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Asserts that the rows are exactly the odd positions up to one. */
async function assertRows(folder: string, last: bigint): Promise<void> {
  const rows = await readDataSet(folder);
  const expected = Array.from({ length: Number((last + 1n) / 2n) }, (_, index) => BigInt(2 * index + 1));
  const positions = rows.map(({ position }) => BigInt(String(position)));
  assertEquals(positions.toSorted((one, other) => Number(one - other)), expected);
  const listed = (await readManifest(folder)).files.map(({ path }) => path);
  assertEquals(await filesIn(folder), [...listed, "manifest.json"].toSorted());
}

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

Deno.test({
  name: "openLocalStorage() writes to no file elsewhere to which an unfinished one is a link",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      await run(folder, { last: 1n });
      const victim = `${folder}-victim`;
      await Deno.writeTextFile(victim, "as before");
      await Deno.symlink(victim, join(folder, "manifest.json.tmp"));
      await run(folder, { last: 3n });
      assertEquals(await Deno.readTextFile(victim), "as before");
      await assertRows(folder, 3n);
    }),
});

Deno.test("ExportMetrics has the last export of any process, also while one is in progress or fails", () =>
  inFolder(async (folder) => {
    const definition = numberStream({ last: 1n });
    const options = { definition, config: { s3: NO_STORE } };
    let now = Date.parse("2026-12-02T12:00:00Z");
    let collect: () => Iterable<Reading> = () => [];
    const failed: string[] = [];
    await using metrics = new ExportMetrics({
      sink: { counter: () => () => {}, histogram: () => () => {}, gauge: (_, read) => collect = read },
      definitions: [numberStream({ last: 1n, name: "broken" }), definition],
      readCompletion: (each) =>
        each === definition ? readCompletion(dirname(folder), options) : Promise.reject(new TypeError("No")),
      onError: (name) => failed.push(name),
      nowMs: () => now,
    });
    /** Collects twice: the first time, manifests are read that the second one has. */
    const seconds = async (): Promise<readonly number[]> => {
      void collect();
      await metrics.idle;
      return [...collect()].map(({ value }) => value);
    };
    assertEquals([await seconds(), failed], [[], []]);
    metrics.start();
    assertEquals([await seconds(), failed], [[], ["broken"]]);
    await run(folder, { last: 1n, nowMs: () => now - 1_000 });
    // Not read again yet.
    assertEquals(await seconds(), []);
    now += 600_000;
    await using _exporting = await openLocalStorage(folder);
    assertEquals(await seconds(), [Date.parse("2026-12-02T11:59:59Z") / 1000]);
    metrics.record({ dataSet: "numbers", rows: 0, total: 1, files: 1, seconds: 1 });
    assertEquals(await seconds(), [now / 1000]);
    now += 600_000;
    assertEquals(await seconds(), [now / 1000 - 600]);
  }));

Deno.test("ExportMetrics reads each manifest for itself, and does not wait for one without an end", async () => {
  const definitions = ["stuck", "numbers"].map((name) => numberStream({ last: 1n, name }));
  let collect: () => Iterable<Reading> = () => [];
  const end = "2026-12-02T12:00:00.000Z";
  await using metrics = new ExportMetrics({
    sink: { counter: () => () => {}, histogram: () => () => {}, gauge: (_, read) => collect = read },
    definitions,
    readCompletion: ({ name }) => name === "stuck" ? new Promise(() => {}) : Promise.resolve(end),
    onError: () => {},
    nowMs: () => Date.parse(end),
  });
  metrics.start();
  for (let read: Reading[] = []; read.length === 0; read = [...collect()]) {
    await new Promise((resolve) => setTimeout(resolve));
  }
  assertEquals([...collect()], [{ value: Date.parse(end) / 1000, labels: { data_set: "numbers" } }]);
});

Deno.test("ExportMetrics has zero for an end in the future, until the manifest or the clock is correct", async () => {
  let [now, end] = [Date.parse("2026-12-02T12:00:00Z"), "2099-01-01T00:00:00.000Z"];
  let collect: () => Iterable<Reading> = () => [];
  const failed: unknown[] = [];
  await using metrics = new ExportMetrics({
    sink: { counter: () => () => {}, histogram: () => () => {}, gauge: (_, read) => collect = read },
    definitions: [numberStream({ last: 1n })],
    readCompletion: () => Promise.resolve(end),
    onError: (name, error) => failed.push(name, error instanceof Error && error.message),
    nowMs: () => now,
  });
  metrics.start();
  const next = async (): Promise<readonly number[]> => {
    now += 600_000;
    void collect();
    await metrics.idle;
    return [...collect()].map(({ value }) => value);
  };
  assertEquals(await next(), [0]);
  assertEquals(failed, ["numbers", "its time 2099-01-01T00:00:00.000Z is in the future"]);
  // The clock of another machine may be some minutes fast.
  end = new Date(now + 600_000 + 300_000).toISOString();
  assertEquals(await next(), [Date.parse(end) / 1000]);
  now -= 86_400_000;
  assertEquals([...collect()], []);
});

Deno.test({
  name: "openLocalStorage() and readCompletion() wait for no pipe, and read no manifest without a limit",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      await Deno.mkdir(folder, { recursive: true });
      const [manifest, lock] = [join(folder, "manifest.json"), join(folder, ".lock")];
      const makePipe = async (path: string): Promise<void> => {
        assert((await new Deno.Command("mkfifo", { args: [path] }).output()).success);
      };
      const assertRefused = async (message: string): Promise<void> => {
        const options = { definition: numberStream({ last: 1n }), config: { s3: NO_STORE } };
        const attempts = [() => run(folder, { last: 1n }), () => readCompletion(dirname(folder), options)];
        for (const attempt of attempts) {
          assertEquals((await assertRejects(attempt, CommandError)).message, message);
        }
      };
      await makePipe(manifest);
      await assertRefused(`${manifest} is not a regular file`);
      await Deno.remove(manifest);
      await Deno.create(manifest).then((file) => file.close());
      await Deno.truncate(manifest, 64 * 1024 * 1024 + 1);
      await assertRefused(`${manifest} is larger than 64 MiB`);
      await Deno.remove(manifest);
      for (const make of [makePipe, (path: string) => Deno.symlink(`${folder}-victim`, path)]) {
        await Deno.remove(lock);
        await make(lock);
        const { message } = await assertRejects(() => openLocalStorage(folder), CommandError);
        assertStringIncludes(message, ".lock is not a regular file");
      }
    }),
});

Deno.test({
  name: "openLocalStorage() neither writes nor reads in a folder to which that of a day is a link",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      const [day, elsewhere] = [join(folder, "day=2026-11-29"), `${folder}-elsewhere`];
      for (const path of [folder, elsewhere]) await Deno.mkdir(path, { recursive: true });
      await Deno.symlink(elsewhere, day);
      const { message } = await assertRejects(() => run(folder, { last: 1n }), CommandError);
      assertStringIncludes(message, `${day} is not a directory of its own`);
      assertEquals(await filesIn(elsewhere), []);
      await Deno.remove(day);
      await run(folder, { last: 1n });
      await Deno.remove(elsewhere);
      await Deno.rename(day, elsewhere);
      await Deno.symlink(elsewhere, day);
      const { files: [file] } = await readManifest(folder);
      await using storage = await openLocalStorage(folder);
      await assertRejects(() => storage.readFile(file?.path ?? ""), CommandError);
    }),
});

Deno.test("openLocalStorage() refuses a folder to which another export writes", () =>
  inFolder(async (folder) => {
    {
      await using _storage = await openLocalStorage(folder);
      const error = await assertRejects(() => openLocalStorage(folder), CommandError);
      assertStringIncludes(error.message, "is in progress; wait for its end");
    }
    await run(folder, { last: 1n });
    await Deno.writeTextFile(`${folder}-file`, "");
    const error = await assertRejects(() => openLocalStorage(`${folder}-file`), CommandError);
    assertStringIncludes(error.message, "numbers-file cannot be written: ");
  }));

Deno.test("ScheduledExport warns at its start if the target cannot be written, and leaves nothing in one that can", () =>
  inFolder(async (folder) => {
    const warned: string[] = [];
    const start = async (target: string): Promise<void> => {
      const config = readExportConfig(new EnvironmentReader(() => undefined));
      await using exporting = new ScheduledExport({ target, config }, {
        logger: { info(): void {}, warn: (_, properties = {}) => warned.push(String(properties["message"])) },
        ...{ metrics: undefined, exports: [], runInThread: () => Promise.resolve(0) },
      });
      exporting.start();
    };
    await start(folder);
    assertEquals([warned, await filesIn(folder)], [[], []]);
    await Deno.writeTextFile(`${folder}-file`, "");
    await start(`${folder}-file`);
    assertEquals(warned.length, 1);
    assertStringIncludes(warned[0] ?? "", `${folder}-file cannot be written: `);
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
