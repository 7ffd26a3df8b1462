import { assertEquals, assertRejects } from "@std/assert";
import type { Querier, QueryResult } from "../../db.ts";
import { DatabaseError, type DatabaseErrorCode } from "../../errors.ts";
import { ReaderRouter, type ReadTarget } from "./reader_router.ts";
import { RoutedQuerier } from "./routed_querier.ts";

Deno.test("RoutedQuerier.query() reads from a replica, and stays with it", async () => {
  const world = new World();
  const reader = world.reader();
  for (let read = 0; read < 3; read++) await reader.query("SELECT 1");
  assertEquals(world.asked, ["a", "a", "a"]);
});

Deno.test("RoutedQuerier.query() goes to another replica when the first is lost, then to the primary", async () => {
  const world = new World();
  const reader = world.reader();
  world.a.fails = "unavailable";
  assertEquals(await reader.query("SELECT 1"), { rows: [], rowCount: 1 });
  assertEquals([world.asked, world.a.faults], [["a", "b"], 1]);
  world.b.fails = "unavailable";
  world.asked.length = 0;
  await reader.query("SELECT 1");
  assertEquals(world.asked, ["b", "primary"]);
  world.asked.length = 0;
  await reader.query("SELECT 1");
  assertEquals(world.asked, ["primary"]);
});

Deno.test("RoutedQuerier.query() reaches the primary when replicas are lost one after the other", async () => {
  const world = new World();
  world.a.fails = world.b.fails = "unavailable";
  await world.reader().query("SELECT 1");
  assertEquals(world.asked, ["a", "b", "primary"]);
});

Deno.test("RoutedQuerier.query() rejects when nobody can be reached", async () => {
  const world = new World();
  world.a.fails = world.b.fails = world.primary.fails = "unavailable";
  const error = await assertRejects(() => world.reader().query("SELECT 1"), DatabaseError);
  assertEquals([error.code, world.asked], ["unavailable", ["a", "b", "primary"]]);
});

Deno.test("RoutedQuerier.query() reads what is behind while the primary is lost, too", async () => {
  const world = new World();
  world.a.health.behind = true;
  world.a.health.available = world.b.health.available = false;
  world.router.refresh();
  world.primary.fails = "unavailable";
  await world.reader().query("SELECT 1");
  assertEquals(world.asked, ["primary", "a"]);
});

Deno.test("RoutedQuerier.query() tries nothing again that would fail again", async () => {
  for (const code of ["internal", "timeout", "cancelled", "invalid-value"] as const) {
    const world = new World();
    world.a.fails = code;
    const error = await assertRejects(() => world.reader().query("SELECT 1"), DatabaseError);
    assertEquals([error.code, world.asked, world.a.faults], [code, ["a"], 0]);
  }
});

Deno.test("RoutedQuerier.query() reads elsewhere what a replica's replay was in the way of", async () => {
  const world = new World();
  world.a.fails = "conflict";
  await world.reader().query("SELECT 1");
  assertEquals([world.asked, world.a.faults, world.a.health.available], [["a", "b"], 0, true]);
});

Deno.test("RoutedQuerier.query() refuses what writes, and does not take it elsewhere", async () => {
  const world = new World();
  world.a.fails = "unavailable";
  world.a.sqlState = "25006";
  const error = await assertRejects(() => world.reader().query("DELETE FROM everything"), DatabaseError);
  assertEquals([error.code, error.sqlState, world.asked], ["internal", "25006", ["a"]]);
});

/** A server that fails as it is told. */
class Target implements ReadTarget {
  readonly inFlight = 0;
  fails: DatabaseErrorCode | undefined;
  sqlState: string | undefined;
  readonly querier: Querier;

  constructor(name: string, asked: string[]) {
    this.querier = {
      query: <Row>(): Promise<QueryResult<Row>> => {
        asked.push(name);
        const options = this.sqlState === undefined ? {} : { sqlState: this.sqlState };
        return this.fails === undefined
          ? Promise.resolve({ rows: [], rowCount: 1 })
          : Promise.reject(new DatabaseError(this.fails, "The test said so", options));
      },
    };
  }

  fault(): void {}
}

class ReplicaTarget extends Target {
  readonly health = { available: true, behind: false };
  faults = 0;
  onChange = (): void => {};

  override fault(): void {
    this.faults++;
    this.health.available = false;
    this.onChange();
  }
}

/** Two replicas and a primary; the first draw is always the first replica. */
class World {
  readonly asked: string[] = [];
  readonly a = new ReplicaTarget("a", this.asked);
  readonly b = new ReplicaTarget("b", this.asked);
  readonly primary = new Target("primary", this.asked);
  readonly router = new ReaderRouter(this.primary, [this.a, this.b], {
    policy: "least-loaded",
    random: () => 0,
  });

  constructor() {
    this.router.refresh();
    for (const replica of [this.a, this.b]) replica.onChange = () => this.router.refresh();
  }

  reader(): RoutedQuerier {
    return new RoutedQuerier(this.router);
  }
}
