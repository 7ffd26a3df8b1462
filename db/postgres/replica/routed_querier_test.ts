import { assertEquals, assertRejects } from "@std/assert";
import type { Querier, QueryResult } from "../../db.ts";
import { DatabaseError, type DatabaseErrorCode } from "../../errors.ts";
import { ReaderRouter, type ReadTarget } from "./reader_router.ts";
import { RoutedQuerier } from "./routed_querier.ts";

Deno.test("RoutedQuerier.query() reads from a replica and stays with it", async () => {
  const world = new World();
  const reader = world.reader();
  for (let read = 0; read < 3; read++) await reader.query("SELECT 1");
  assertEquals(world.queried, ["a", "a", "a"]);
});

Deno.test("RoutedQuerier.query() retries on another replica when the first is lost, then on the primary", async () => {
  const world = new World();
  const reader = world.reader();
  world.a.fails = "unavailable";
  assertEquals(await reader.query("SELECT 1"), { rows: [], rowCount: 1 });
  assertEquals([world.queried, world.a.failures], [["a", "b"], 1]);
  world.b.fails = "unavailable";
  world.queried.length = 0;
  await reader.query("SELECT 1");
  assertEquals(world.queried, ["b", "primary"]);
  world.queried.length = 0;
  await reader.query("SELECT 1");
  assertEquals(world.queried, ["primary"]);
});

Deno.test("RoutedQuerier.query() retries on the primary when replicas are lost one after the other", async () => {
  const world = new World();
  world.a.fails = world.b.fails = "unavailable";
  await world.reader().query("SELECT 1");
  assertEquals(world.queried, ["a", "b", "primary"]);
});

Deno.test("RoutedQuerier.query() rejects when no server is reachable", async () => {
  const world = new World();
  world.a.fails = world.b.fails = world.primary.fails = "unavailable";
  const error = await assertRejects(() => world.reader().query("SELECT 1"), DatabaseError);
  assertEquals([error.code, world.queried], ["unavailable", ["a", "b", "primary"]]);
});

Deno.test("RoutedQuerier.query() reads from a lagging replica while the primary is lost", async () => {
  const world = new World();
  world.a.health.behind = true;
  world.a.health.available = world.b.health.available = false;
  world.router.refresh();
  world.primary.fails = "unavailable";
  await world.reader().query("SELECT 1");
  assertEquals(world.queried, ["primary", "a"]);
});

Deno.test("RoutedQuerier.query() does not retry errors that would occur again", async () => {
  for (const code of ["internal", "timeout", "cancelled", "invalid-value"] as const) {
    const world = new World();
    world.a.fails = code;
    const error = await assertRejects(() => world.reader().query("SELECT 1"), DatabaseError);
    assertEquals([error.code, world.queried, world.a.failures], [code, ["a"], 0]);
  }
});

Deno.test("RoutedQuerier.query() retries elsewhere after a conflict with replay", async () => {
  const world = new World();
  world.a.fails = "conflict";
  await world.reader().query("SELECT 1");
  assertEquals([world.queried, world.a.failures, world.a.health.available], [["a", "b"], 0, true]);
});

Deno.test("RoutedQuerier.query() rejects writes without retrying them", async () => {
  const world = new World();
  world.a.fails = "unavailable";
  world.a.sqlState = "25006";
  const error = await assertRejects(() => world.reader().query("DELETE FROM everything"), DatabaseError);
  assertEquals([error.code, error.sqlState, world.queried], ["internal", "25006", ["a"]]);
});

/** Server whose failure is set by the test. */
class Target implements ReadTarget {
  readonly inFlight = 0;
  fails: DatabaseErrorCode | undefined;
  sqlState: string | undefined;
  readonly querier: Querier;

  constructor(name: string, queried: string[]) {
    this.querier = {
      query: <Row>(): Promise<QueryResult<Row>> => {
        queried.push(name);
        const options = this.sqlState === undefined ? {} : { sqlState: this.sqlState };
        return this.fails === undefined
          ? Promise.resolve({ rows: [], rowCount: 1 })
          : Promise.reject(new DatabaseError(this.fails, "Injected by the test", options));
      },
    };
  }

  reportFailure(): void {}
}

class ReplicaTarget extends Target {
  readonly health = { available: true, behind: false, first: () => Promise.resolve() };
  failures = 0;
  onChange = (): void => {};

  override reportFailure(): void {
    this.failures++;
    this.health.available = false;
    this.onChange();
  }
}

/** Two replicas and a primary; the first draw is always the first replica. */
class World {
  readonly queried: string[] = [];
  readonly a = new ReplicaTarget("a", this.queried);
  readonly b = new ReplicaTarget("b", this.queried);
  readonly primary = new Target("primary", this.queried);
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
