import { assertEquals } from "@std/assert";
import type { JobContext } from "./job_pool.ts";
import { type StepOutcome, WorkLoop, type WorkLoopOptions } from "./work_loop.ts";

interface Running extends AsyncDisposable {
  readonly loop: WorkLoop;
  readonly told: readonly string[];
}

type Step = StepOutcome | Error | ((loop: WorkLoop) => StepOutcome);

/** Runs a loop whose steps end like this, and from then on find nothing. */
function run(steps: readonly Step[], options: Partial<WorkLoopOptions> = {}): Running {
  const told: string[] = [];
  const stop = new AbortController();
  const left = [...steps];
  const loop: WorkLoop = new WorkLoop({
    step: async () => {
      const next = left.shift() ?? "idle";
      const outcome = typeof next === "function" ? next(loop) : next;
      told.push(outcome instanceof Error ? "fails" : outcome);
      if (outcome instanceof Error) throw outcome;
      return await Promise.resolve(outcome);
    },
    pollMs: 3_600_000,
    onFailure: (error) => void told.push(String(error)),
    onRecovery: () => void told.push("recovered"),
    random: () => 0,
    ...options,
  });
  const context: JobContext = { stopping: stop.signal, signal: new AbortController().signal };
  const done = loop.run(context);
  return {
    loop,
    told,
    async [Symbol.asyncDispose](): Promise<void> {
      stop.abort();
      await done;
    },
  };
}

/** Resolves when so much was told. */
async function until({ told }: Running, count: number): Promise<readonly string[]> {
  while (told.length < count) await new Promise((resolve) => setTimeout(resolve));
  return told;
}

Deno.test("WorkLoop goes on at once while there is more, then waits until it is woken", async () => {
  await using running = run(["more", "more", "idle", "more", "idle"]);
  assertEquals(await until(running, 3), ["more", "more", "idle"]);
  running.loop.wake();
  assertEquals(await until(running, 5), ["more", "more", "idle", "more", "idle"]);
});

Deno.test("WorkLoop does not miss what wakes it during a step", async () => {
  const woken = (loop: WorkLoop): StepOutcome => {
    loop.wake();
    return "idle";
  };
  await using running = run([woken, "more", "idle"], { lingerMs: 1 });
  assertEquals(await until(running, 3), ["idle", "more", "idle"]);
});

Deno.test("WorkLoop looks by itself, too", async () => {
  await using running = run(["idle", "idle", "idle"], { pollMs: 1 });
  assertEquals((await until(running, 3)).slice(0, 3), ["idle", "idle", "idle"]);
});

Deno.test("WorkLoop tells of steps that fail, and goes on", async () => {
  const broken = new Error("planned");
  await using running = run([broken, broken, "more", "idle"]);
  assertEquals(await until(running, 7), [
    ...["fails", "Error: planned", "fails", "Error: planned"],
    ...["more", "recovered", "idle"],
  ]);
});
