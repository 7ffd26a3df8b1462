import { assertEquals } from "@std/assert";
import { formatXRayTrace, parseXRayTrace, xrayTraceId } from "./xray_trace.ts";

const ROOT = "Root=1-5759e988-bd862e3fe1be46a994272793";
const TRACE = "5759e988bd862e3fe1be46a994272793";

Deno.test("parseXRayTrace() reads what X-Ray, load balancers and their clients write", () => {
  const spanId = "53995c3f42cd8ad8";
  assertEquals(parseXRayTrace(`${ROOT};Parent=${spanId};Sampled=1`), {
    traceId: TRACE,
    spanId,
    sampled: true,
  });
  assertEquals(parseXRayTrace(`${ROOT};Sampled=0`), { traceId: TRACE, spanId: undefined, sampled: false });
  assertEquals(parseXRayTrace(`${ROOT};Sampled=?`)?.sampled, undefined);
  // A load balancer adds itself in front and keeps what it was given (Elastic Load Balancing, "X-Amzn-Trace-Id").
  assertEquals(
    parseXRayTrace(`Self=1-67891234-12456789abcdef012345678; ${ROOT} ;Lineage=a:b`)?.traceId,
    TRACE,
  );
  assertEquals(parseXRayTrace(ROOT.toUpperCase().replace("ROOT", "Root"))?.traceId, TRACE);
});

Deno.test("parseXRayTrace() takes what is malformed for absent", () => {
  const malformed = [
    null,
    "",
    "Root=",
    "Root=garbage",
    ROOT.slice(0, -1),
    `${ROOT}0`,
    ROOT.replace("1-", "2-"),
    `Root=1-${"0".repeat(8)}-${"0".repeat(24)}`,
    `${ROOT};${"a=b;".repeat(1000)}`,
  ];
  for (const header of malformed) assertEquals(parseXRayTrace(header), undefined, String(header));
  assertEquals(parseXRayTrace(`${ROOT};Parent=garbage;Sampled=yes`), {
    traceId: TRACE,
    spanId: undefined,
    sampled: undefined,
  });
});

Deno.test("formatXRayTrace() writes what parseXRayTrace() reads", () => {
  const trace = { traceId: TRACE, spanId: "53995c3f42cd8ad8", sampled: false };
  assertEquals(formatXRayTrace(trace), `${ROOT};Parent=53995c3f42cd8ad8;Sampled=0`);
  assertEquals(parseXRayTrace(formatXRayTrace(trace)), trace);
  assertEquals(xrayTraceId(TRACE), "1-5759e988-bd862e3fe1be46a994272793");
});
