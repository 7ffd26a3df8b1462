import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import { join } from "node:path";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { type CollectedSpan, OtlpCollector } from "@archway/tools/support/otlp_collector.ts";

const PROGRAM = join(import.meta.dirname ?? ".", "testing/traced_program.ts");
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

interface Traced {
  readonly collector: OtlpCollector;
  /** Headers of the outgoing requests. */
  readonly fetched: readonly Headers[];
  readonly responses: readonly Response[];
}

/** Sends requests to the traced program, and returns what it exported until its end. */
async function trace(
  requests: readonly (readonly [number, Readonly<Record<string, string>>])[],
): Promise<Traced> {
  await using database = await useTestDatabase();
  await using collector = new OtlpCollector();
  const fetched: Headers[] = [];
  await using target = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen(): void {} }, ({ headers }) => {
    fetched.push(headers);
    return new Response("done");
  });
  const settings = { instance: database.instance, target: `http://127.0.0.1:${target.addr.port}` };
  await using child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--allow-all", PROGRAM, JSON.stringify(settings)],
    env: collector.environment,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value: url = "" } = await lines.read();
  const responses: Response[] = [];
  for (const [note, headers] of requests) {
    const response = await fetch(`${url.trim()}/notes/${note}`, { headers });
    await response.body?.cancel();
    responses.push(response);
  }
  await child.stdin.close();
  assertEquals((await child.status).code, 0);
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

Deno.test("fetchWithXRay() propagates the trace in both headers", async () => {
  const { collector, fetched } = await trace([[4, traceparent(1)], [4, traceparent(2, "00")]]);
  const request = collector.traced(traceId(1)).find(({ kind }) => kind === 2);
  const xray = fetched.map((headers) => headers.get("x-amzn-trace-id"));
  assertEquals(xray[0], `Root=1-00000000-${"0".repeat(23)}1;Parent=${request?.spanId};Sampled=1`);
  assertMatch(xray[1] ?? "", /^Root=1-00000000-0{23}2;Parent=[0-9a-f]{16};Sampled=0$/);
  assertMatch(fetched[0]?.get("traceparent") ?? "", new RegExp(`^00-${traceId(1)}-[0-9a-f]{16}-01$`));
});

Deno.test("traceRequests() continues a trace of AWS X-Ray beside Deno's", async () => {
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
  const [first, second, ...others] = spans.filter(({ kind }) => kind === 2);
  assertEquals(others, []);
  const [link] = first?.links ?? [];
  const linked = collector.spans.find(({ spanId }) => spanId === link?.spanId);
  assertEquals([linked?.scope, linked?.name], ["deno", "GET /notes/{id}"]);
  // A load balancer sends no span id: the trace continues from a span that was not recorded.
  assertEquals(second?.parentSpanId, XRAY_TRACE.slice(16));
  assertEquals(responses.map(({ headers }) => headers.get("x-amzn-trace-id")), [
    null,
    `${XRAY_ROOT};Sampled=1`,
    null,
    null,
  ]);
  assert(fetched[0]?.get("x-amzn-trace-id")?.startsWith(`${XRAY_ROOT};Parent=${second?.spanId}`));
  // With both headers, `traceparent` has precedence.
  assertEquals(treeOf(collector.traced(traceId(1))), [["GET /notes/{id}", ["SELECT", "SELECT", "SELECT"]]]);
});
