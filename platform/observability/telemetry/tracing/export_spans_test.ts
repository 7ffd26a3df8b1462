import { assert, assertEquals, assertMatch } from "@std/assert";
import { SpanKind } from "@opentelemetry/api";
import { tlsFiles } from "@archway/server/testing/tls_files.ts";
import type { Logger } from "@archway/server/logger.ts";
import type { MetricSink } from "@archway/service_kit/metric_sink.ts";
import { OtlpCollector } from "@archway/tools/support/otlp_collector.ts";
import type { TracesExport } from "@archway/service_kit/telemetry_export.ts";
import { openTracing } from "../open_tracing.ts";
import { tracesOptions } from "../testing/traced_server.ts";

interface Exported {
  /** Logged lines: level, rendered reason or counts. */
  readonly lines: readonly (readonly [level: string, fields: Readonly<Record<string, unknown>>])[];
  /** Dropped spans by reason. */
  readonly dropped: ReadonlyMap<string, number>;
}

/** Traces pieces of work in rounds, with `between` after each, and ends. */
async function exportWork(
  url: string,
  traces: Partial<TracesExport>,
  { rounds, between = () => Promise.resolve() }: {
    readonly rounds: readonly number[];
    readonly between?: (exported: Exported, round: number) => Promise<void>;
  },
): Promise<Exported> {
  const lines: [string, Readonly<Record<string, unknown>>][] = [];
  const log = (level: string) => (_: string, fields: Record<string, unknown> = {}): void =>
    void lines.push([level, fields]);
  const logger: Logger = { info: log("info"), warn: log("warning"), error: log("error") };
  const dropped = new Map<string, number>();
  const sink: MetricSink = {
    histogram: () => () => {},
    counter: ({ name }) => (value, { reason = "" }) => {
      assertEquals(name, "archway.telemetry.dropped");
      dropped.set(reason, (dropped.get(reason) ?? 0) + value);
    },
    gauge(): void {},
  };
  {
    const resource = { "service.name": "queue" };
    await using tracing = openTracing(tracesOptions(url, traces), { resource, logger, sink });
    for (const [round, count] of rounds.entries()) {
      for (let index = 0; index < count; index++) await work(tracing.work);
      await between({ lines, dropped }, round);
    }
  }
  return { lines, dropped };
}

type Work = ReturnType<typeof openTracing>["work"];

async function work(tracer: Work): Promise<void> {
  const causes = [`00-${"1".repeat(32)}-${"2".repeat(16)}-01`];
  await tracer.work(
    { name: "step", kind: "internal", causes, attributes: { size: 1 } },
    (observation) => Promise.resolve(observation.ended({ outcome: "done", failed: false })),
  );
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("SpanQueue exports the last spans at the end, in the configured encoding", async () => {
  await using collector = new OtlpCollector();
  const headers = { authorization: "planted" };
  await exportWork(collector.url, { headers }, { rounds: [3] });
  assertEquals(
    collector.spans.map((
      { name, kind, attributes, resource },
    ) => [name, kind, attributes, resource["service.name"]]),
    [
      ...Array.from({ length: 3 }, () => [
        "step",
        SpanKind.INTERNAL + 1,
        { size: 1, "archway.outcome": "done" },
        "queue",
      ]),
    ],
  );
  assertEquals(collector.headers.map((sent) => sent.get("authorization")), ["planted"]);
  await exportWork(collector.url, { protocol: "http/protobuf" }, { rounds: [3] });
  await exportWork(collector.url, { protocol: "http/protobuf", compression: "gzip" }, { rounds: [3] });
  const [plain, zipped] = collector.encoded;
  const unzipped = new Blob([new Uint8Array(zipped?.[1] ?? [])]).stream().pipeThrough(
    new DecompressionStream("gzip"),
  );
  for (const body of [plain?.[1], await new Response(unzipped).bytes()]) {
    const text = new TextDecoder("latin1").decode(body);
    assertEquals(text.match(/step/g)?.length, 3);
    assert(text.includes("service.name"));
  }
  assertEquals(collector.encoded.map(([type]) => type), ["application/x-protobuf", "application/x-protobuf"]);
});

Deno.test("OtlpExporter verifies the receiver's certificate, by an authority of its own if configured", async () => {
  const { certificate, key } = tlsFiles("first");
  const cert = await Deno.readTextFile(certificate);
  await using collector = new OtlpCollector({ cert, key: await Deno.readTextFile(key) });
  const tls = { ca: cert, cert: undefined, key: undefined };
  const trusting = await exportWork(collector.url, { tls }, { rounds: [3] });
  assertEquals([collector.spans.length, trusting.lines], [3, []]);
  const { lines, dropped } = await exportWork(collector.url, {}, { rounds: [3] });
  assertEquals(collector.spans.length, 3);
  assertEquals(Object.fromEntries(dropped), { "export-failed": 3 });
  assertEquals(lines.map(([level]) => level), ["warning"]);
});

Deno.test("SpanQueue drops and counts spans that it cannot hold, and says so once", async () => {
  await using collector = new OtlpCollector();
  const { lines, dropped } = await exportWork(
    collector.url,
    { maxQueueSize: 10, maxBatchSize: 10, delayMs: 60_000 },
    { rounds: [25] },
  );
  // The first batch leaves the queue when it is complete, so that as many again have a place.
  assertEquals(collector.spans.length, 20);
  assertEquals(Object.fromEntries(dropped), { "queue-full": 5 });
  assertEquals(lines.map(([level, { queueFull }]) => [level, queueFull]), [["warning", 5]]);
});

Deno.test("ExportReport reports a failing receiver once, and its recovery", async () => {
  await using collector = new OtlpCollector();
  collector.status = 400;
  const { lines, dropped } = await exportWork(collector.url, { maxBatchSize: 5, delayMs: 60_000 }, {
    rounds: [5, 5, 5],
    async between({ lines, dropped }, round): Promise<void> {
      while (round < 2 && dropped.get("export-failed") !== 5 * (round + 1)) await pause(5);
      if (round === 1) collector.status = 200;
      while (round === 2 && lines.length < 2) await pause(5);
    },
  });
  assertEquals(lines.map(([level]) => level), ["warning", "info"]);
  assertMatch(String(lines[0]?.[1]["reason"]), /^status 400\b/);
  assertEquals(lines[0]?.[1]["receiver"], `${collector.url}/v1/traces`);
  assertEquals([dropped.get("export-failed"), collector.spans.length], [10, 5]);
});

Deno.test("openTracing() ends soon although its receiver is unreachable or does not respond", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const connection of listener) accepted.push(connection);
  })();
  const silent = `http://127.0.0.1:${listener.addr.port}`;
  const unreachable = "http://127.0.0.1:1";
  const ended = await Promise.all([silent, unreachable].map((url) => exportWork(url, {}, { rounds: [3] })));
  for (const connection of accepted) connection.close();
  listener.close();
  await accepting;
  assert(accepted.length > 0);
  for (const { lines, dropped } of ended) {
    assertEquals(lines.map(([level, { lost }]) => [level, lost]), [["warning", 3]]);
    assertEquals(Object.fromEntries(dropped), { "export-failed": 3 });
  }
});
