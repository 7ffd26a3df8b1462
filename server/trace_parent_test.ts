import { assertEquals } from "@std/assert";
import { parseTraceParent } from "./trace_parent.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

Deno.test("parseTraceParent() reads the trace, the span and whether it is recorded", () => {
  assertEquals(parseTraceParent(`00-${TRACE}-${SPAN}-01`), { traceId: TRACE, spanId: SPAN, sampled: true });
  assertEquals(parseTraceParent(`00-${TRACE}-${SPAN}-02`)?.sampled, false);
  assertEquals(parseTraceParent(`cc-${TRACE}-${SPAN}-01-what-comes-later`)?.traceId, TRACE);
});

Deno.test("parseTraceParent() takes what is malformed for absent", () => {
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
