import { assertEquals } from "@std/assert";
import type { Lane, Pace } from "./delivery.ts";
import { isRestricted, Places } from "./places.ts";

/** Begins so many lanes of an endpoint, and gives them. */
function take(
  places: Places,
  count: number,
  { endpointId, holder = endpointId, pace }: {
    readonly endpointId: string;
    readonly holder?: string;
    readonly pace: Pace;
  },
): readonly Lane[] {
  const lanes = Array.from({ length: count }, (_, index) => {
    return { endpointId, holder, stream: `order-${index}`, lease: "" };
  });
  for (const lane of lanes) places.take(lane, pace);
  return lanes;
}

Deno.test("Places has room for everybody when nothing is under way", () => {
  const room = new Places(16).room();
  assertEquals([room.lanes, room.unproven, room.slow, isRestricted(room)], [16, 12, 8, false]);
});

Deno.test("Places leaves something to everybody where there are few", () => {
  const rooms = [1, 2, 3, 4].map((size) => new Places(size).room());
  assertEquals(rooms.map(({ lanes, unproven, slow }) => [lanes, unproven, slow]), [
    ...[[1, 1, 1], [2, 2, 1], [3, 3, 1], [4, 3, 2]],
  ]);
});

Deno.test("Places gives an endpoint one until it is known how quick it is, then four", () => {
  const places = new Places(16);
  const [first] = take(places, 1, { endpointId: "new", pace: "unknown" });
  assertEquals(places.room().fullEndpoints, ["new"]);
  assertEquals(places.learn("new", "quick"), true);
  assertEquals(places.learn("new", "quick"), false);
  assertEquals(places.room().fullEndpoints, []);
  take(places, 3, { endpointId: "new", pace: "quick" });
  assertEquals([places.room().fullEndpoints, isRestricted(places.room())], [["new"], true]);
  if (first !== undefined) places.leave(first);
  assertEquals([places.room().fullEndpoints, places.room().lanes], [[], 13]);
});

Deno.test("Places gives a holder half of all, and a quarter for what is not known to be quick", () => {
  const places = new Places(16);
  for (const endpointId of ["a", "b", "c"]) {
    take(places, 1, { endpointId, holder: "ada", pace: "unknown" });
  }
  assertEquals(places.room().strainedHolders, []);
  take(places, 1, { endpointId: "d", holder: "ada", pace: "slow" });
  assertEquals([places.room().strainedHolders, places.room().fullHolders], [["ada"], []]);
  take(places, 4, { endpointId: "e", holder: "ada", pace: "quick" });
  assertEquals(places.room().fullHolders, ["ada"]);
});

Deno.test("Places keeps slow endpoints to a half, and with those that nobody knows yet to three quarters", () => {
  const places = new Places(8);
  const slow = ["a", "b", "c", "d"].flatMap((endpointId) => take(places, 1, { endpointId, pace: "slow" }));
  assertEquals([places.room().slow, places.room().unproven, places.room().lanes], [0, 2, 4]);
  take(places, 1, { endpointId: "e", pace: "unknown" });
  take(places, 1, { endpointId: "f", pace: "unknown" });
  assertEquals([places.room().unproven, places.room().lanes], [0, 2]);
  places.learn("e", "quick");
  assertEquals(places.room().unproven, 1);
  // What it has under way counts for what it turns out to be.
  places.learn("f", "slow");
  assertEquals(places.room().slow, -1);
  for (const lane of slow) places.leave(lane);
  assertEquals([places.room().slow, places.room().unproven], [3, 5]);
});

Deno.test("Places forgets how quick an endpoint was once nothing of it is under way: the table knows", () => {
  const places = new Places(8);
  const [lane] = take(places, 1, { endpointId: "a", pace: "quick" });
  places.learn("a", "slow");
  if (lane !== undefined) places.leave(lane);
  take(places, 1, { endpointId: "a", pace: "unknown" });
  assertEquals(places.room().underWay, [{ endpointId: "a", holder: "a", quick: false }]);
  assertEquals(places.room().fullEndpoints, ["a"]);
});
