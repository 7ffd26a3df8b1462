import { assert, assertEquals, assertMatch } from "@std/assert";
import type { ReplicaState } from "./lag_meter.ts";
import { ReplicaHealth } from "./replica_health.ts";

const sound: ReplicaState = { follows: true, streams: true, caughtUp: true, sinceReplayMs: 0 };

Deno.test("ReplicaHealth takes no reads before it has been asked", async () => {
  const world = new World();
  assertEquals([world.health.available, world.health.reason], [false, "It has not been asked yet"]);
  await Promise.all([world.health.first(), world.health.first()]);
  await world.health.first();
  assertEquals([world.health.available, world.health.reason, world.probes], [true, undefined, 1]);
});

Deno.test("ReplicaHealth ejects at the first fault and backs off exponentially, up to a maximum", async () => {
  const world = new World();
  await world.health.check();
  world.answer = new Error("It cannot be reached");
  world.health.fault("It cannot be reached");
  world.health.fault("Told by another read");
  assertEquals([world.health.available, world.health.reason], [false, "It cannot be reached"]);
  assertEquals([world.faults, world.changes], [1, 2]);
  const delays: number[] = [];
  for (let round = 0; round < 6; round++) delays.push(await world.runNext());
  assertEquals(delays, [100, 200, 400, 800, 1000, 1000]);
  assertEquals(world.faults, 1);
});

Deno.test("ReplicaHealth spreads its waits by half", async () => {
  for (const [random, expected] of [[0, 50], [0.999, 99.95]] as const) {
    const world = new World(random);
    await world.health.check();
    world.health.fault("It cannot be reached");
    assertEquals(await world.runNext(), expected);
  }
});

Deno.test("ReplicaHealth takes a replica back after a probe that succeeds", async () => {
  const world = new World();
  await world.health.check();
  world.health.fault("It cannot be reached");
  await world.runNext();
  assertEquals([world.health.available, world.changes], [true, 3]);
  assertEquals(await world.runNext(), 5000);
});

Deno.test("ReplicaHealth goes on backing off from a replica that fails as soon as it is back", async () => {
  const world = new World();
  await world.health.check();
  world.now = 2000;
  const delays: number[] = [];
  for (let round = 0; round < 3; round++) {
    world.health.fault("It cannot be reached");
    delays.push(await world.runNext());
    assert(world.health.available);
  }
  world.now = 10_000;
  world.health.fault("It cannot be reached");
  delays.push(await world.runNext());
  assertEquals(delays, [100, 200, 400, 100]);
});

Deno.test("ReplicaHealth ejects what is behind, lets its reads end, and takes it back", async () => {
  const world = new World();
  world.answer = { ...sound, caughtUp: false, sinceReplayMs: 12_340 };
  await world.health.check();
  assertEquals([world.health.available, world.health.behind, world.faults], [false, true, 0]);
  assertMatch(world.health.reason ?? "", /12\.3 s behind, and 10 s are allowed/);
  world.answer = { ...sound, caughtUp: false, sinceReplayMs: 9000 };
  assertEquals(await world.runNext(), 5000);
  assertEquals([world.health.available, world.health.behind], [true, false]);
});

Deno.test("ReplicaHealth does not believe a probe that began before a fault", async () => {
  const world = new World();
  await world.health.check();
  const { promise, resolve } = Promise.withResolvers<ReplicaState>();
  world.answer = promise;
  const checking = world.health.check();
  world.health.fault("It cannot be reached");
  resolve(sound);
  await checking;
  assertEquals(world.health.available, false);
  await world.runNext();
  assertEquals(world.health.available, true);
});

for (const [what, answer] of [["succeeds", sound], ["fails", new Error("It cannot be reached")]] as const) {
  Deno.test(`ReplicaHealth asks again when a probe is overtaken by a fault, waits past the next one, and ${what}`, async () => {
    const world = new World();
    await world.health.check();
    const { promise, resolve } = Promise.withResolvers<ReplicaState | Error>();
    world.answer = promise;
    const checking = world.health.check();
    world.health.fault("It cannot be reached");
    // The next probe is due while this one has not been answered.
    for (const { run } of world.waiting.splice(0)) run();
    world.answer = sound;
    resolve(answer);
    await checking;
    for (let turn = 0; turn < 20 && !world.health.available; turn++) {
      await new Promise((resolve) => setTimeout(resolve));
    }
    assertEquals([world.probes, world.health.available], [3, true]);
  });
}

Deno.test("ReplicaHealth asks nothing after its disposal", async () => {
  const world = new World();
  await world.health.check();
  world.health[Symbol.dispose]();
  world.health.fault("The connections were closed");
  await world.health.check();
  assertEquals([world.waiting.length, world.probes, world.faults], [0, 1, 0]);
});

/** A clock, a chance and a replica that do as they are told. */
class World {
  now = 0;
  probes = 0;
  faults = 0;
  changes = 0;
  answer: ReplicaState | Error | Promise<ReplicaState | Error> = sound;
  waiting: { readonly run: () => void; readonly delayMs: number }[] = [];
  readonly health: ReplicaHealth;

  /** With 1 jitter adds nothing to the waits after a fault. */
  constructor(random = 1) {
    this.health = new ReplicaHealth({
      probe: async () => {
        this.probes++;
        const answer = await this.answer;
        if (answer instanceof Error) throw answer;
        return answer;
      },
      onFault: () => void this.faults++,
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

  /** Runs what is scheduled, which is one thing, and gives how long it was to wait. */
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
