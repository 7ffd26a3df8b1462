import { assertEquals } from "@std/assert";
import type { TaskContext } from "./task_pool.ts";
import { type StepOutcome, WorkLoop, type WorkLoopOptions } from "./work_loop.ts";

interface Running extends AsyncDisposable {
  readonly loop: WorkLoop;
  readonly outcomes: readonly string[];
}

type Step = StepOutcome | Error | ((loop: WorkLoop) => StepOutcome);

/** Runs a loop whose steps have the outcomes, and are idle after them. */
function run(steps: readonly Step[], options: Partial<WorkLoopOptions> = {}): Running {
  const outcomes: string[] = [];
  const stop = new AbortController();
  const left = [...steps];
  const loop: WorkLoop = new WorkLoop({
    step: async () => {
      const next = left.shift() ?? "idle";
      const outcome = typeof next === "function" ? next(loop) : next;
      outcomes.push(outcome instanceof Error ? "fails" : outcome);
      if (outcome instanceof Error) throw outcome;
      return await Promise.resolve(outcome);
    },
    pollMs: 3_600_000,
    onFailure: (error) => void outcomes.push(String(error)),
    onRecovery: () => void outcomes.push("recovered"),
    random: () => 0,
    ...options,
  });
  const context: TaskContext = { stopping: stop.signal, signal: new AbortController().signal };
  const done = loop.run(context);
  return {
    loop,
    outcomes,
    async [Symbol.asyncDispose](): Promise<void> {
      stop.abort();
      await done;
    },
  };
}

/** Resolves when there is a number of outcomes. */
async function until({ outcomes }: Running, count: number): Promise<readonly string[]> {
  while (outcomes.length < count) await new Promise((resolve) => setTimeout(resolve));
  return outcomes;
}

Deno.test("run() continues at once while there is more, then waits until woken", async () => {
  await using running = run(["more", "more", "idle", "more", "idle"]);
  assertEquals(await until(running, 3), ["more", "more", "idle"]);
  running.loop.wake();
  assertEquals(await until(running, 5), ["more", "more", "idle", "more", "idle"]);
});

Deno.test("wake() during a step starts another one", async () => {
  const woken = (loop: WorkLoop): StepOutcome => {
    loop.wake();
    return "idle";
  };
  await using running = run([woken, "more", "idle"], { lingerMs: 1 });
  assertEquals(await until(running, 3), ["idle", "more", "idle"]);
});

Deno.test("run() repeats an idle step after the interval", async () => {
  await using running = run(["idle", "idle", "idle"], { pollMs: 1 });
  assertEquals((await until(running, 3)).slice(0, 3), ["idle", "idle", "idle"]);
});

Deno.test("run() reports failed steps and continues", async () => {
  const broken = new Error("planned");
  await using running = run([broken, broken, "more", "idle"]);
  assertEquals(await until(running, 7), [
    ...["fails", "Error: planned", "fails", "Error: planned"],
    ...["more", "recovered", "idle"],
  ]);
});
