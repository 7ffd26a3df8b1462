import { assert, assertEquals } from "@std/assert";
import { processorTime, withProcessorTime } from "./processor_time.ts";

const RESULT = { requests: 10, requestsPerSecond: 0, p50: 0, p99: 0, otherStatuses: {} };

Deno.test({
  name: "withProcessorTime() divides the time that a process used meanwhile by the requests",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const { processorTime: time = NaN } = await withProcessorTime(Deno.pid, () => {
      const end = performance.now() + 100;
      while (performance.now() < end);
      return Promise.resolve(RESULT);
    });
    // On a busy machine it has the processor for a part of that, and the runtime itself uses some more.
    assert(time > 0 && time < 1_000_000, String(time));
  },
});

Deno.test("processorTime() of a process that is not there is unknown", async () => {
  assertEquals(await processorTime(2 ** 30), undefined);
  assertEquals(await withProcessorTime(2 ** 30, () => Promise.resolve(RESULT)), RESULT);
});
