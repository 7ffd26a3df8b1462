import { assertEquals } from "@std/assert";
import { metricsOf, readMetrics } from "./read_metrics.ts";

Deno.test("metricsOf() counts series and finds the heap", () => {
  const text = `# HELP archway_request_in_flight Requests
# TYPE archway_request_in_flight gauge
archway_request_in_flight 0
archway_process_memory_bytes{kind="heap"} 99
archway_process_memory_bytes{kind="heap_used"} 52428800
`;
  assertEquals(metricsOf(text), { series: 3, heapMb: 50 });
  assertEquals(metricsOf(""), { series: 0, heapMb: undefined });
});

Deno.test("readMetrics() returns undefined values if the service does not respond", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  taken.close();
  assertEquals(await readMetrics(`http://127.0.0.1:${port}/metrics`), {
    series: undefined,
    heapMb: undefined,
  });
});
