import { assertEquals, assertStringIncludes } from "@std/assert";
import { dirname } from "node:path";
import { EnvironmentReader } from "@archway/config/environment_reader.ts";
import type { Reading } from "@archway/service_kit/metric_sink.ts";
import { readExportConfig } from "../export_config.ts";
import { openLocalStorage } from "../storage/local_storage.ts";
import { readCompletion } from "../storage/open_storage.ts";
import { inFolder, run } from "../testing/number_folder.ts";
import { numberStream } from "../testing/number_stream.ts";
import { filesIn } from "../testing/read_data_set.ts";
import { ExportMetrics } from "./export_metrics.ts";
import { ScheduledExport } from "./scheduled_export.ts";

const config = readExportConfig(new EnvironmentReader(() => undefined));

Deno.test("ExportMetrics has the last export of any process, also while one is in progress or fails", () =>
  inFolder(async (folder) => {
    const definition = numberStream({ last: 1n });
    const options = { definition, config };
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

Deno.test("ScheduledExport warns at its start if the target cannot be written, and leaves nothing in one that can", () =>
  inFolder(async (folder) => {
    const warned: string[] = [];
    const start = async (target: string): Promise<void> => {
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
