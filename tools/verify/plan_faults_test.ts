import { assertEquals, assertGreater } from "@std/assert";
import { seededRandom } from "@archway/conformance/seeded_random.ts";
import { FAULTS, planFaults } from "./plan_faults.ts";

Deno.test("planFaults() plans each kind once before any of them twice, the same for a seed", () => {
  const plan = planFaults(600_000, { random: seededRandom(3) });
  for (let first = 0; first + FAULTS.length <= plan.length; first += FAULTS.length) {
    const kinds = plan.slice(first, first + FAULTS.length).map(({ fault }) => fault);
    assertEquals(kinds.toSorted(), [...FAULTS].toSorted());
  }
  assertGreater(plan.length, 4 * FAULTS.length);
  assertEquals(planFaults(600_000, { random: seededRandom(3) }), plan);
});

Deno.test("planFaults() has time for every kind in a short run", () => {
  const plan = planFaults(32_000, { random: seededRandom(3) });
  assertEquals(plan.map(({ fault }) => fault).toSorted(), [...FAULTS].toSorted());
});
