import { assert, assertEquals } from "@std/assert";
import { familyProcessorTime, processorTime } from "./processor_time.ts";

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

Deno.test({
  name: "familyProcessorTime() includes children, while they run and when they have ended",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const before = await familyProcessorTime(Deno.pid) ?? NaN;
    const { stdout } = await new Deno.Command("sh", {
      args: ["-c", "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; cut -d' ' -f14 /proc/$$/stat"],
    }).output();
    const child = Number(new TextDecoder().decode(stdout)) * 10_000;
    const own = await processorTime(Deno.pid) ?? NaN;
    const family = await familyProcessorTime(Deno.pid) ?? NaN;
    assert(child > 0 && family >= before + child && family >= own, `${before} ${child} ${own} ${family}`);
  },
});
