import { assert, assertEquals } from "@std/assert";
import { processorTime } from "./processor_time.ts";

Deno.test({
  name: "processorTime() grows while a process works",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const before = await processorTime(Deno.pid) ?? NaN;
    const end = performance.now() + 100;
    while (performance.now() < end);
    const time = await processorTime(Deno.pid) ?? NaN;
    // On a busy machine it has the processor for a part of that, and the runtime itself uses some more.
    assert(time > before && time < before + 10_000_000, `${before} ${time}`);
  },
});

Deno.test("processorTime() of a process that does not exist is unknown", async () => {
  assertEquals(await processorTime(2 ** 30), undefined);
});
