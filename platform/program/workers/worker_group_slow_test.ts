import { assertEquals, assertNotEquals } from "@std/assert";
import { join } from "node:path";
import { LogRecorder } from "@archway/server/testing/log_recorder.ts";
import { type Generation, WorkerGroup } from "./worker_group.ts";

const FAKE = join(import.meta.dirname ?? ".", "testing/fake_worker.ts");

/** Several processes that serve on one port need Linux; their states come over its datagram sockets. */
const ignore = Deno.build.os !== "linux";

function generation(behavior: string, more: Partial<Generation> = {}): Generation {
  return {
    count: 2,
    executable: { file: Deno.execPath(), args: ["run", "-q", "-A", "--unstable-net", FAKE, behavior] },
    environment: {},
    watchdogMs: undefined,
    stopMs: 60_000,
    ...more,
  };
}

function pidsOf(group: WorkerGroup): readonly (number | undefined)[] {
  return group.processes.map((process) => process?.pid);
}

async function untilReady(group: WorkerGroup): Promise<void> {
  while (group.processes.some((process) => process?.state !== "ready")) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

Deno.test({
  name: "WorkerGroup.start() reports a program that cannot be started, or that ends before it listens",
  ignore,
  async fn(): Promise<void> {
    const logger = new LogRecorder();
    const missing = generation("ready", { executable: { file: "/nonexistent/program", args: [] } });
    await using group = new WorkerGroup(missing, logger);
    assertEquals(await group.start(), 1);
    assertEquals(logger.lines.map(({ message }) => message), [
      "Process {worker} could not be started: {reason}",
    ]);
    const failing = generation("ready", { executable: { file: "sh", args: ["-c", "exit 3"] } });
    await using other = new WorkerGroup(failing, logger);
    assertEquals(await other.start(), 3);
  },
});

Deno.test({
  name: "WorkerGroup.roll() replaces processes, and keeps them if their successors fail",
  ignore,
  async fn(): Promise<void> {
    const logger = new LogRecorder();
    await using group = new WorkerGroup(generation("ready"), logger);
    assertEquals(await group.start(), undefined);
    await untilReady(group);
    const first = pidsOf(group);
    for (
      const [executable, failure] of [
        [{ file: "sh", args: ["-c", "exit 3"] }, "ended with exit code 3 before it was ready"],
        [
          { file: "/nonexistent/program", args: [] },
          "could not be started: Failed to spawn '/nonexistent/program': No such file or directory (os error 2)",
        ],
      ] as const
    ) {
      assertEquals(await group.roll(generation("ready", { executable })), false);
      assertEquals(pidsOf(group), first);
      assertEquals(logger.lines.pop()?.properties, { worker: 0, failure });
    }
    assertEquals(await group.roll(generation("ready", { count: 3 })), true);
    assertEquals([pidsOf(group).length, pidsOf(group).some((pid) => first.includes(pid))], [3, false]);
    assertEquals(await group.roll(generation("ready", { count: 1 })), true);
    assertEquals(pidsOf(group).length, 1);
    assertEquals([await group.stop(), logger.lines], [true, []]);
  },
});

Deno.test({
  name: "WorkerGroup starts a process again that gives no sign of life",
  ignore,
  async fn(): Promise<void> {
    await using group = new WorkerGroup(
      generation("ready", { count: 1, watchdogMs: 500 }),
      new LogRecorder(),
    );
    await group.start();
    const [first] = pidsOf(group);
    while (group.restarts === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    assertNotEquals(pidsOf(group)[0], first);
  },
});

Deno.test({
  name: "WorkerGroup.stop() kills a process that does not stop",
  ignore,
  async fn(): Promise<void> {
    const logger = new LogRecorder();
    await using group = new WorkerGroup(generation("stubborn", { count: 1, stopMs: 200 }), logger);
    await group.start();
    assertEquals(await group.stop(), false);
    assertEquals(logger.lines.map(({ message }) => message), [
      "Process {worker} did not stop in time and is killed",
    ]);
  },
});
