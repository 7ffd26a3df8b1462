import { assertEquals } from "@std/assert";
import { formatXRayTrace, parseTraceParent, parseXRayTrace, xrayTraceId } from "./trace_context.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

Deno.test("parseTraceParent() reads the trace, the span and the sampling decision", () => {
  assertEquals(parseTraceParent(`00-${TRACE}-${SPAN}-01`), { traceId: TRACE, spanId: SPAN, sampled: true });
  assertEquals(parseTraceParent(`00-${TRACE}-${SPAN}-02`)?.sampled, false);
  assertEquals(parseTraceParent(`cc-${TRACE}-${SPAN}-01-what-comes-later`)?.traceId, TRACE);
});

Deno.test("parseTraceParent() returns undefined for a malformed header", () => {
  const malformed = [
    null,
    "",
    "garbage",
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-01-more`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${"0".repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${"0".repeat(16)}-01`,
    `00-${TRACE}-${SPAN}-0g`,
    ` 00-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
    "00-".repeat(10_000),
  ];
  for (const header of malformed) assertEquals(parseTraceParent(header), undefined, String(header));
});

const XRAY_ROOT = "Root=1-5759e988-bd862e3fe1be46a994272793";
const XRAY_TRACE = "5759e988bd862e3fe1be46a994272793";

Deno.test("parseXRayTrace() reads headers of X-Ray, load balancers and their clients", () => {
  const spanId = "53995c3f42cd8ad8";
  assertEquals(parseXRayTrace(`${XRAY_ROOT};Parent=${spanId};Sampled=1`), {
    traceId: XRAY_TRACE,
    spanId,
    sampled: true,
  });
  assertEquals(parseXRayTrace(`${XRAY_ROOT};Sampled=0`), {
    traceId: XRAY_TRACE,
    spanId: undefined,
    sampled: false,
  });
  assertEquals(parseXRayTrace(`${XRAY_ROOT};Sampled=?`)?.sampled, undefined);
  // A load balancer prepends its own field and keeps the others (Elastic Load Balancing, "X-Amzn-Trace-Id").
  assertEquals(
    parseXRayTrace(`Self=1-67891234-12456789abcdef012345678; ${XRAY_ROOT} ;Lineage=a:b`)?.traceId,
    XRAY_TRACE,
  );
  assertEquals(parseXRayTrace(XRAY_ROOT.toUpperCase().replace("ROOT", "Root"))?.traceId, XRAY_TRACE);
});

Deno.test("parseXRayTrace() returns undefined for a malformed header", () => {
  const malformed = [
    null,
    "",
    "Root=",
    "Root=garbage",
    XRAY_ROOT.slice(0, -1),
    `${XRAY_ROOT}0`,
    XRAY_ROOT.replace("1-", "2-"),
    `Root=1-${"0".repeat(8)}-${"0".repeat(24)}`,
    `${XRAY_ROOT};${"a=b;".repeat(1000)}`,
  ];
  for (const header of malformed) assertEquals(parseXRayTrace(header), undefined, String(header));
  assertEquals(parseXRayTrace(`${XRAY_ROOT};Parent=garbage;Sampled=yes`), {
    traceId: XRAY_TRACE,
    spanId: undefined,
    sampled: undefined,
  });
});

Deno.test("formatXRayTrace() writes what parseXRayTrace() reads", () => {
  const trace = { traceId: XRAY_TRACE, spanId: "53995c3f42cd8ad8", sampled: false };
  assertEquals(formatXRayTrace(trace), `${XRAY_ROOT};Parent=53995c3f42cd8ad8;Sampled=0`);
  assertEquals(parseXRayTrace(formatXRayTrace(trace)), trace);
  assertEquals(xrayTraceId(XRAY_TRACE), "1-5759e988-bd862e3fe1be46a994272793");
});
