import { assert, assertEquals, assertMatch } from "@std/assert";
import type { ReplicaState } from "./lag_meter.ts";
import { ReplicaHealth } from "./replica_health.ts";

const sound: ReplicaState = { follows: true, streams: true, caughtUp: true, sinceReplayMs: 0 };

Deno.test("ReplicaHealth takes no reads before the first probe", async () => {
  const world = new World();
  assertEquals([world.health.available, world.health.reason], [false, "not probed yet"]);
  await Promise.all([world.health.first(), world.health.first()]);
  await world.health.first();
  assertEquals([world.health.available, world.health.reason, world.probes], [true, undefined, 1]);
});

Deno.test("ReplicaHealth ejects at the first failure and backs off exponentially up to a maximum", async () => {
  const world = new World();
  await world.health.check();
  world.result = new Error("unreachable");
  world.health.reportFailure("unreachable");
  world.health.reportFailure("reported by another read");
  assertEquals([world.health.available, world.health.reason], [false, "unreachable"]);
  assertEquals([world.ejections, world.changes], [1, 2]);
  const delays: number[] = [];
  for (let round = 0; round < 6; round++) delays.push(await world.runNext());
  assertEquals(delays, [100, 200, 400, 800, 1000, 1000]);
  assertEquals(world.ejections, 1);
});

Deno.test("ReplicaHealth applies up to 50 % jitter to the backoff", async () => {
  for (const [random, expected] of [[0, 50], [0.999, 99.95]] as const) {
    const world = new World(random);
    await world.health.check();
    world.health.reportFailure("unreachable");
    assertEquals(await world.runNext(), expected);
  }
});

Deno.test("ReplicaHealth recovers after a successful probe", async () => {
  const world = new World();
  await world.health.check();
  world.health.reportFailure("unreachable");
  await world.runNext();
  assertEquals([world.health.available, world.changes], [true, 3]);
  assertEquals(await world.runNext(), 5000);
});

Deno.test("ReplicaHealth continues the backoff of a replica that fails soon after recovery", async () => {
  const world = new World();
  await world.health.check();
  world.now = 2000;
  const delays: number[] = [];
  for (let round = 0; round < 3; round++) {
    world.health.reportFailure("unreachable");
    delays.push(await world.runNext());
    assert(world.health.available);
  }
  world.now = 10_000;
  world.health.reportFailure("unreachable");
  delays.push(await world.runNext());
  assertEquals(delays, [100, 200, 400, 100]);
});

Deno.test("ReplicaHealth takes no reads while lagging, without abandoning pending ones, and recovers", async () => {
  const world = new World();
  world.result = { ...sound, caughtUp: false, sinceReplayMs: 12_340 };
  await world.health.check();
  assertEquals([world.health.available, world.health.behind, world.ejections], [false, true, 0]);
  assertMatch(world.health.reason ?? "", /12\.3 s, maximum 10 s/);
  world.result = { ...sound, caughtUp: false, sinceReplayMs: 9000 };
  assertEquals(await world.runNext(), 5000);
  assertEquals([world.health.available, world.health.behind], [true, false]);
});

Deno.test("ReplicaHealth ignores a probe that started before a failure", async () => {
  const world = new World();
  await world.health.check();
  const { promise, resolve } = Promise.withResolvers<ReplicaState>();
  world.result = promise;
  const checking = world.health.check();
  world.health.reportFailure("unreachable");
  resolve(sound);
  await checking;
  assertEquals(world.health.available, false);
  await world.runNext();
  assertEquals(world.health.available, true);
});

for (const [what, result] of [["succeeds", sound], ["fails", new Error("unreachable")]] as const) {
  Deno.test(`ReplicaHealth probes again after a probe that started before a failure, lasts past the next one and ${what}`, async () => {
    const world = new World();
    await world.health.check();
    const { promise, resolve } = Promise.withResolvers<ReplicaState | Error>();
    world.result = promise;
    const checking = world.health.check();
    world.health.reportFailure("unreachable");
    // The next probe is due while this one is still running.
    for (const { run } of world.waiting.splice(0)) run();
    world.result = sound;
    resolve(result);
    await checking;
    for (let turn = 0; turn < 20 && !world.health.available; turn++) {
      await new Promise((resolve) => setTimeout(resolve));
    }
    assertEquals([world.probes, world.health.available], [3, true]);
  });
}

Deno.test("ReplicaHealth does not probe after its disposal", async () => {
  const world = new World();
  await world.health.check();
  world.health[Symbol.dispose]();
  world.health.reportFailure("The connections were closed");
  await world.health.check();
  assertEquals([world.waiting.length, world.probes, world.ejections], [0, 1, 0]);
});

/** Clock, random source and replica controlled by the test. */
class World {
  now = 0;
  probes = 0;
  ejections = 0;
  changes = 0;
  result: ReplicaState | Error | Promise<ReplicaState | Error> = sound;
  waiting: { readonly run: () => void; readonly delayMs: number }[] = [];
  readonly health: ReplicaHealth;

  /** With 1, jitter leaves the backoff unchanged. */
  constructor(random = 1) {
    this.health = new ReplicaHealth({
      probe: async () => {
        this.probes++;
        const result = await this.result;
        if (result instanceof Error) throw result;
        return result;
      },
      onEject: () => void this.ejections++,
      onChange: () => void this.changes++,
      maxLagMs: 10_000,
      intervalMs: 4000,
      backoffMs: { first: 100, most: 1000 },
      now: () => this.now,
      random: () => random,
      schedule: (run, delayMs) => {
        const task = { run, delayMs };
        this.waiting.push(task);
        return () => void (this.waiting = this.waiting.filter((other) => other !== task));
      },
    });
  }

  /** Runs the only scheduled function and returns its delay. */
  async runNext(): Promise<number> {
    const [task, ...others] = this.waiting;
    assert(task !== undefined && others.length === 0);
    this.waiting = [];
    task.run();
    await this.settle();
    return task.delayMs;
  }

  async settle(): Promise<void> {
    await this.health.check();
  }
}
