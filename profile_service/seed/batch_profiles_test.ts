import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import type { Profile } from "../domain/profile.ts";
import { microsecondsOf } from "@archway/db/timestamp.ts";
import { batchProfiles } from "./batch_profiles.ts";
import { BATCH_SIZE, batchCount, type SeedPlan } from "./seed_plan.ts";

const UNTIL = microsecondsOf("2026-11-01T00:00:00Z");
const TWO_YEARS = 2n * 365n * 86_400n * 1_000_000n;

/** First profile of the default plan. Reveals a release of the names' library that changes the output. */
const GOLDEN: Profile = {
  id: "0192f021-cc5b-746c-b6cc-6e907196f5d0",
  name: "Tevhid Arıkan",
  email: "tevhid.arikan74.1@mail1.example.com",
  age: null,
  version: 1n,
  createdAt: "2024-11-03T03:46:39.835199Z",
  updatedAt: "2024-11-03T03:46:39.835199Z",
};

function plan(fields: Partial<SeedPlan> = {}): SeedPlan {
  return { profiles: 300, randomSeed: 1, until: UNTIL, ...fields };
}

Deno.test("batchProfiles() returns the same profiles regardless of earlier calls", () => {
  const twoBatches = plan({ profiles: BATCH_SIZE + 100 });
  const first = [...batchProfiles(twoBatches, 0)];
  const second = [...batchProfiles(twoBatches, 1)];
  assertEquals([first.length, second.length], [BATCH_SIZE, 100]);
  batchProfiles(plan({ randomSeed: 9 }), 0).next();
  assertEquals([...batchProfiles(twoBatches, 1)], second);
  assertEquals([...batchProfiles(twoBatches, 0)], first);
});

Deno.test("batchProfiles() returns the same profiles across releases", () => {
  const [first] = batchProfiles(plan(), 0);
  assertEquals(first, GOLDEN);
});

Deno.test("batchProfiles() returns different profiles for a different seed", () => {
  const emails = (randomSeed: number): readonly (string | null)[] =>
    [...batchProfiles(plan({ randomSeed }), 0)].map(({ email }) => email);
  const firstId = (randomSeed: number): string | undefined =>
    [...batchProfiles(plan({ randomSeed }), 0)][0]?.id;
  const known = new Set(emails(1));
  assertEquals(emails(2).filter((email) => email !== null && known.has(email)), []);
  assertNotEquals(firstId(1), firstId(2));
});

Deno.test("batchProfiles() never repeats an id or, regardless of case, an e-mail address", () => {
  const plans = fc.record({
    profiles: fc.integer({ min: 1, max: BATCH_SIZE + 200 }),
    randomSeed: fc.integer({ min: 0, max: 0xffffffff }),
    until: fc.bigInt({ min: UNTIL - TWO_YEARS, max: UNTIL + TWO_YEARS }),
  });
  fc.assert(
    fc.property(plans, (made) => {
      const profiles = Array.from({ length: batchCount(made) }, (_, batch) => [...batchProfiles(made, batch)])
        .flat();
      assertEquals(profiles.length, made.profiles);
      assertEquals(new Set(profiles.map(({ id }) => id)).size, made.profiles);
      const emails = profiles.flatMap(({ email }) => email === null ? [] : [email]);
      assertEquals(new Set(emails.map((email) => email.toLowerCase())).size, emails.length);
      const times = profiles.map(({ createdAt }) => microsecondsOf(createdAt));
      assert(times.every((time) => time < made.until && time >= made.until - TWO_YEARS));
      assert(times.every((time, row) => row === 0 || time >= (times[row - 1] ?? time)));
    }),
    { numRuns: 8 },
  );
});

Deno.test("batchProfiles() returns ids with the creation time, reserved addresses, and some ages", () => {
  const profiles = [...batchProfiles(plan({ profiles: 1000 }), 0)];
  for (const { id, email, createdAt } of profiles) {
    assertMatch(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assertEquals(parseInt(id.slice(0, 8) + id.slice(9, 13), 16), Date.parse(createdAt));
    assertMatch(email ?? "ada@mail1.example.com", /^[a-z0-9._-]+@mail1\.example\.(com|net|org)$/);
  }
  const share = (has: (profile: typeof profiles[number]) => boolean): number => profiles.filter(has).length;
  const counts = [share(({ email }) => email !== null), share(({ age }) => age !== null)];
  assert(counts.every((count) => count > 600 && count < 950), counts.join());
});

Deno.test("batchProfiles() returns names in several scripts, with diacritics", () => {
  const names = [...batchProfiles(plan({ profiles: 1000 }), 0)].map(({ name }) => name);
  const scripts = ["Latin", "Cyrillic", "Greek", "Arabic", "Hebrew", "Han", "Hiragana", "Hangul"];
  const seen = scripts.filter((script) =>
    names.some((name) => new RegExp(`\\p{Script=${script}}`, "u").test(name))
  );
  assertEquals(seen, scripts);
  assert(names.some((name) => /[áčěřšůąćęłñçüğı]/.test(name)));
  assertEquals(
    names.filter((name) => /\p{Emoji_Presentation}/u.test(name) || name !== name.normalize("NFC")),
    [],
  );
});
