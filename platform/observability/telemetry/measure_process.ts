import type { MetricSink } from "@archway/service_kit/metric_sink.ts";

/** Interval of the timer that measures the delay of the event loop, in milliseconds. */
const INTERVAL_MS = 500;

const BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Measures the memory of the process and the delay of its event loop, until disposed of. */
export function measureProcess(sink: MetricSink): Disposable {
  const delay = sink.histogram({
    name: "archway.event_loop.delay",
    description: "Delay of a timer that is due every half a second",
    unit: "s",
    labels: [],
    buckets: BUCKETS,
  });
  sink.gauge(
    { name: "archway.process.memory", description: "Memory of the process", unit: "By", labels: ["kind"] },
    () => {
      const { rss, heapUsed, heapTotal, external } = Deno.memoryUsage();
      return [
        { value: rss, labels: { kind: "resident" } },
        { value: heapUsed, labels: { kind: "heap_used" } },
        { value: heapTotal, labels: { kind: "heap" } },
        { value: external, labels: { kind: "external" } },
      ];
    },
  );
  let due = performance.now() + INTERVAL_MS;
  const timer = setInterval(() => {
    const now = performance.now();
    delay(Math.max(0, now - due) / 1000, {});
    due = now + INTERVAL_MS;
  }, INTERVAL_MS);
  Deno.unrefTimer(timer);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
