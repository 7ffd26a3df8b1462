import { assertEquals, assertRejects } from "@std/assert";
import type { Querier, QueryResult, WalPosition } from "../../db.ts";
import { DatabaseError, type DatabaseErrorCode } from "../../errors.ts";
import { CoveringRoute } from "./covering_route.ts";
import { PreparedQuerier } from "./prepared_querier.ts";
import { ReaderRouter, type ReadTarget } from "./reader_router.ts";

const after: WalPosition = { timeline: 1, lsn: 5n };

Deno.test("PreparedQuerier.query() reads from a replica that covers the position even if another one is idle", async () => {
  const world = new World();
  world.b.replayed = 5n;
  const reader = world.reader();
  for (let read = 0; read < 3; read++) await reader.query("SELECT 1");
  assertEquals([world.queried, world.waited], [["b", "b", "b"], []]);
});

Deno.test("PreparedQuerier.query() waits for a replica if none covers the position, and reads there", async () => {
  const world = new World();
  world.a.reaches = 5n;
  const reader = world.reader();
  await Promise.all([reader.query("SELECT 1"), reader.query("SELECT 2")]);
  assertEquals([world.queried, world.waited], [["a", "a"], ["a"]]);
});

Deno.test("PreparedQuerier.query() reads from the primary after a timeout, and waits once", async () => {
  const world = new World();
  const reader = world.reader();
  for (let read = 0; read < 2; read++) await reader.query("SELECT 1");
  assertEquals([world.queried, world.waited], [["primary", "primary"], ["a"]]);
});

Deno.test("PreparedQuerier.query() does not wait for a replica of another timeline", async () => {
  const world = new World();
  world.a.timeline = 2;
  world.b.timeline = 2;
  world.a.replayed = world.b.replayed = 100n;
  await world.reader().query("SELECT 1");
  assertEquals([world.queried, world.waited], [["primary"], []]);
  world.b.timeline = 1;
  await world.reader().query("SELECT 1");
  assertEquals([world.queried, world.waited], [["primary", "b"], []]);
});

Deno.test("PreparedQuerier.query() retries where the position is covered when its server is lost", async () => {
  const world = new World();
  world.a.replayed = world.b.replayed = 5n;
  world.a.fails = "unavailable";
  await world.reader().query("SELECT 1");
  assertEquals(world.queried.splice(0), ["a", "b"]);
  world.b.replayed = 4n;
  await world.reader().query("SELECT 1");
  assertEquals(world.queried, ["a", "primary"]);
});

Deno.test("PreparedQuerier.query() leaves a replica that was lost between two reads", async () => {
  const world = new World();
  world.a.replayed = 5n;
  const reader = world.reader();
  await reader.query("SELECT 1");
  // It has returned and shows less.
  world.a.replayed = 3n;
  await reader.query("SELECT 1");
  assertEquals(world.queried, ["a", "primary"]);
});

Deno.test("PreparedQuerier.query() never reads from a lagging replica, even while the primary is lost", async () => {
  for (const code of ["unavailable", "outcome-unknown"] as const) {
    const world = new World();
    world.primary.fails = code;
    const error = await assertRejects(() => world.reader().query("SELECT 1"), DatabaseError);
    // A read leaves no outcome in doubt.
    assertEquals([error.code, world.queried], ["unavailable", ["primary"]]);
  }
});

Deno.test("PreparedQuerier.query() reads from the primary if no replica takes reads", async () => {
  const world = new World();
  world.a.replayed = world.b.replayed = 5n;
  world.a.health.available = world.b.health.available = false;
  world.router.refresh();
  await world.reader().query("SELECT 1");
  assertEquals([world.queried, world.waited], [["primary"], []]);
});

class Target implements ReadTarget {
  readonly inFlight = 0;
  fails: DatabaseErrorCode | undefined;
  readonly querier: Querier;

  constructor(readonly name: string, queried: string[]) {
    this.querier = {
      query: <Row>(): Promise<QueryResult<Row>> => {
        queried.push(name);
        return this.fails === undefined
          ? Promise.resolve({ rows: [], rowCount: 1 })
          : Promise.reject(new DatabaseError(this.fails, "Injected by the test"));
      },
    };
  }

  reportFailure(): void {}
}

/** Replica with a replayed position, and one that it reaches while it is waited for. */
class ReplicaTarget extends Target {
  readonly health = { available: true, behind: false, first: () => Promise.resolve() };
  timeline = 1;
  replayed = 0n;
  reaches = 0n;
  readonly progress: NonNullable<ReadTarget["progress"]>;

  constructor(name: string, { queried, waited }: { readonly queried: string[]; readonly waited: string[] }) {
    super(name, queried);
    const covers = ({ timeline, lsn }: WalPosition): boolean =>
      timeline === this.timeline && lsn <= this.replayed;
    this.progress = {
      covers,
      isOn: (timeline) => timeline === this.timeline,
      reached: async (position): Promise<boolean> => {
        waited.push(name);
        await Promise.resolve();
        if (this.reaches > this.replayed) this.replayed = this.reaches;
        return covers(position);
      },
    };
  }
}

/** Two lagging replicas and a primary; the first draw is always the first suitable one. */
class World {
  readonly queried: string[] = [];
  /** Names of replicas that were waited for. */
  readonly waited: string[] = [];
  readonly a = new ReplicaTarget("a", this);
  readonly b = new ReplicaTarget("b", this);
  readonly primary = new Target("primary", this.queried);
  readonly router = new ReaderRouter(this.primary, [this.a, this.b], { policy: "random", random: () => 0 });

  constructor() {
    this.router.refresh();
  }

  reader(): Querier {
    const route = new CoveringRoute(this.router, { after, maxWaitMs: 50 });
    return new PreparedQuerier(route, (options) => route.prepare(options));
  }
}
