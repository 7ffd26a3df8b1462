import { assertEquals, assertStrictEquals } from "@std/assert";
import { SpanKind } from "@opentelemetry/api";
import { emptyResource } from "@opentelemetry/resources";
import { RecordedSpan, type SpanOrigin } from "./recorded_span.ts";

Deno.test("RecordedSpan.end() drops the headers of the request, and leaves them to spans below it", () => {
  const taken: unknown[] = [];
  const origin: SpanOrigin = {
    resource: emptyResource(),
    instrumentationScope: { name: "test" },
    take: (span) => void taken.push(span),
  };
  const incoming = new Headers({ baggage: "key=value" });
  const span = new RecordedSpan(origin, { kind: SpanKind.SERVER, traceId: "1".repeat(32), incoming });
  const below = span.child(SpanKind.CLIENT);
  span.end("GET", {});
  assertEquals([taken, span.incoming], [[span], undefined]);
  assertStrictEquals(below.incoming, incoming);
});
