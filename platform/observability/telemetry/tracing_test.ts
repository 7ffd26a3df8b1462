import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { type CollectedSpan, OtlpCollector } from "@archway/tools/support/otlp_collector.ts";
import type { TracesExport } from "@archway/service_kit/telemetry_export.ts";
import { openTracedServer } from "./testing/traced_server.ts";

const PARENT = "00000000000000aa";
const XRAY_ROOT = "Root=1-5759e988-bd862e3fe1be46a994272793";
const XRAY_TRACE = "5759e988bd862e3fe1be46a994272793";

/** Returns the `traceparent` of a numbered trace. */
function traceparent(trace: number, flags = "01"): Readonly<Record<string, string>> {
  return { traceparent: `00-${traceId(trace)}-${PARENT}-${flags}` };
}

function traceId(trace: number): string {
  return String(trace).padStart(32, "0");
}

/** `fetch` of a client, as the server's own passes on traces. */
const untraced = globalThis.fetch;

interface Traced {
  readonly collector: OtlpCollector;
  /** Headers of the outgoing requests. */
  readonly fetched: readonly Headers[];
  readonly responses: readonly Response[];
}

/** Sends requests to a traced server, and returns what it exported until its end. */
async function trace(
  requests: readonly (readonly [number, Readonly<Record<string, string>>])[],
  traces: Partial<TracesExport> = {},
): Promise<Traced> {
  await using database = await useTestDatabase();
  await using collector = new OtlpCollector();
  const fetched: Headers[] = [];
  await using target = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen(): void {} }, ({ headers }) => {
    fetched.push(new Headers(headers));
    return new Response("done");
  });
  const responses: Response[] = [];
  {
    await using server = await openTracedServer({
      collector: collector.url,
      database: database.instance,
      target: `http://127.0.0.1:${target.addr.port}`,
      traces,
    });
    for (const [note, headers] of requests) {
      const response = await untraced(`${server.url}/notes/${note}`, { headers });
      await response.body?.cancel();
      responses.push(response);
    }
  }
  return { collector, fetched, responses };
}

/** Returns spans as a tree of names. */
function treeOf(spans: readonly CollectedSpan[], parent = PARENT): readonly unknown[] {
  return spans.filter(({ parentSpanId }) => parentSpanId === parent).map((span) => {
    const below = treeOf(spans, span.spanId);
    return below.length === 0 ? span.name : [span.name, below];
  });
}

Deno.test("traceDatabase() nests statements in their transaction, and that in its request", async () => {
  const { collector } = await trace([[1, traceparent(1)], [3, traceparent(2)]]);
  assertEquals(treeOf(collector.traced(traceId(1))), [
    ["GET /notes/{id}", [["transaction", ["SELECT", "SAVEPOINT", "SELECT", "RELEASE"]]]],
  ]);
  assertEquals(treeOf(collector.traced(traceId(2))), [["GET /notes/{id}", ["SELECT", "SELECT", "SELECT"]]]);
  const [select, , secret] = collector.traced(traceId(1)).filter(({ kind }) => kind === 3);
  assertEquals(select?.attributes["db.query.text"], "SELECT * FROM generate_series(1, $1::int)");
  assertEquals(select?.attributes["db.response.returned_rows"], 100);
  assertEquals(secret?.attributes["db.query.text"], "SELECT $1::text AS secret");
  const transaction = collector.spans.find(({ name }) => name === "transaction");
  assertEquals(transaction?.attributes["archway.db.outcome"], "commit");
  assertFalse(collector.text.includes("planted"));
});

Deno.test("traceDatabase() records the error of a failed statement", async () => {
  const { collector, responses } = await trace([[2, traceparent(1)]]);
  assertEquals(responses[0]?.status, 500);
  const spans = collector.traced(traceId(1));
  assertEquals(treeOf(spans), [["GET /notes/{id}", [["transaction", ["SELECT"]]]]]);
  const [select, transaction, request] = ["SELECT", "transaction", "GET /notes/{id}"].map((name) =>
    spans.find((span) => span.name === name)
  );
  assertEquals([select?.statusCode, transaction?.statusCode, request?.statusCode], [2, 2, 2]);
  assertEquals(select?.attributes["db.response.status_code"], "22012");
  assertEquals(select?.attributes["error.type"], "invalid-value");
  assertEquals(transaction?.attributes["archway.db.outcome"], "rollback");
  assertEquals([request?.attributes["error.type"], request?.attributes["archway.problem"]], [
    "500",
    "internal-error",
  ]);
});

Deno.test("traceRequests() follows the caller's sampling decision, and ignores a malformed header", async () => {
  const { collector } = await trace([
    [3, traceparent(1, "00")],
    [3, { traceparent: "garbage" }],
    [3, { traceparent: `00-${traceId(0)}-${PARENT}-01` }],
  ]);
  assertEquals(collector.traced(traceId(1)), []);
  assertEquals(collector.traced(traceId(0)), []);
  const requests = collector.spans.filter(({ kind }) => kind === 2);
  assertEquals(requests.map(({ parentSpanId }) => parentSpanId), ["", ""]);
});

Deno.test("traceRequests() records a share of the traces that begin here, in ids of AWS X-Ray", async () => {
  const none = { sampler: "parentbased_traceidratio", ratio: 0 } as const;
  const requests = [[3, {}], [3, traceparent(1)], [4, {}]] as const;
  const { collector, fetched } = await trace(requests, none);
  assertEquals(new Set(collector.spans.map((span) => span.traceId)), new Set([traceId(1)]));
  // The decision is passed on.
  assertMatch(fetched[0]?.get("traceparent") ?? "", /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  const before = Math.floor(Date.now() / 1000);
  const { collector: all } = await trace([[3, traceparent(1, "00")], [3, {}]], { sampler: "always_on" });
  assertEquals(all.spans.filter(({ kind }) => kind === 2).length, 2);
  const own = all.spans.find((span) => span.traceId !== traceId(1));
  const seconds = parseInt(own?.traceId.slice(0, 8) ?? "", 16);
  assert(seconds >= before && seconds <= Date.now() / 1000);
  assert(Number(own?.startTimeUnixNano) / 1e9 >= before);
  assert(Number(own?.endTimeUnixNano) > Number(own?.startTimeUnixNano));
  assertEquals([own?.scope, own?.resource["service.name"]], ["archway", "notes"]);
  const { collector: off } = await trace([[3, traceparent(1)]], { sampler: "always_off" });
  assertEquals(off.spans, []);
});

Deno.test("traceRequests() records nothing of a request in the trace of another that has imported a module", async () => {
  const none = { sampler: "parentbased_traceidratio", ratio: 0 } as const;
  const { collector, fetched } = await trace([[5, traceparent(1)], [3, {}], [4, {}]], none);
  assertEquals(treeOf(collector.spans), ["GET /notes/{id}"]);
  assertMatch(fetched[0]?.get("traceparent") ?? "", /^00-(?!0{30})[0-9a-f]{32}-[0-9a-f]{16}-00$/);
});

Deno.test("traceFetch() passes on the trace, and records the host but no path", async () => {
  const more = { tracestate: "vendor=1", baggage: "tenant=7" };
  const { collector, fetched } = await trace([
    [4, { ...traceparent(1), ...more }],
    [4, traceparent(2, "00")],
  ]);
  const [request, outgoing] = [2, 3].map((kind) =>
    collector.traced(traceId(1)).find((span) => span.kind === kind)
  );
  assertEquals([outgoing?.name, outgoing?.parentSpanId], ["GET", request?.spanId]);
  assertEquals(Object.keys(outgoing?.attributes ?? {}).toSorted(), [
    "http.request.method",
    "http.response.status_code",
    "server.address",
    "server.port",
  ]);
  const headers = ["traceparent", "tracestate", "baggage", "x-amzn-trace-id"];
  assertEquals(headers.map((name) => fetched[0]?.get(name)), [
    `00-${traceId(1)}-${outgoing?.spanId}-01`,
    ...Object.values(more),
    `Root=1-00000000-${"0".repeat(23)}1;Parent=${outgoing?.spanId};Sampled=1`,
  ]);
  assertEquals(headers.map((name) => fetched[1]?.get(name)), [
    traceparent(2, "00")["traceparent"],
    null,
    null,
    `Root=1-00000000-${"0".repeat(23)}2;Parent=${PARENT};Sampled=0`,
  ]);
  assertFalse(collector.text.includes("planted"));
});

Deno.test("traceRequests() reads and writes only the configured headers", async () => {
  const xray = { "X-Amzn-Trace-Id": `${XRAY_ROOT};Parent=${PARENT};Sampled=1` };
  const w3c = await trace([[4, xray]], { propagators: ["tracecontext"] });
  const none = await trace([[4, { ...xray, ...traceparent(1) }]], { propagators: ["none"] });
  assertEquals(w3c.collector.traced(XRAY_TRACE), []);
  assertEquals([w3c.fetched[0]?.has("traceparent"), w3c.fetched[0]?.has("x-amzn-trace-id")], [true, false]);
  assertEquals(none.collector.traced(traceId(1)), []);
  assertEquals(none.collector.spans.length, 2);
  assertEquals([none.fetched[0]?.has("traceparent"), none.fetched[0]?.has("x-amzn-trace-id")], [
    false,
    false,
  ]);
});

Deno.test("traceRequests() continues a trace of AWS X-Ray", async () => {
  const header = (fields: string): Readonly<Record<string, string>> => ({
    "X-Amzn-Trace-Id": XRAY_ROOT + fields,
  });
  const { collector, responses, fetched } = await trace([
    [1, header(`;Parent=${PARENT};Sampled=1`)],
    [4, header(";Sampled=?")],
    [3, header(";Sampled=0")],
    [3, { ...header(`;Parent=${PARENT};Sampled=1`), ...traceparent(1) }],
  ]);
  const spans = collector.traced(XRAY_TRACE);
  assertEquals(treeOf(spans), [
    ["GET /notes/{id}", [["transaction", ["SELECT", "SAVEPOINT", "SELECT", "RELEASE"]]]],
  ]);
  // A load balancer sends no span id: the span is the first one of the trace.
  assertEquals(treeOf(spans, ""), [["GET /notes/{id}", ["GET"]]]);
  assertEquals(responses.map(({ headers }) => headers.get("x-amzn-trace-id")), [
    null,
    `${XRAY_ROOT};Sampled=1`,
    null,
    null,
  ]);
  const outgoing = spans.find(({ name }) => name === "GET");
  assertEquals(fetched[0]?.get("x-amzn-trace-id"), `${XRAY_ROOT};Parent=${outgoing?.spanId};Sampled=1`);
  // With both headers, `traceparent` has precedence.
  assertEquals(treeOf(collector.traced(traceId(1))), [["GET /notes/{id}", ["SELECT", "SELECT", "SELECT"]]]);
});
