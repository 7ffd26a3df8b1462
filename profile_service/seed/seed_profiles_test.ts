import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import { PROFILE_DATABASES } from "../testing/profile_databases.ts";
import { microsecondsOf } from "@archway/db/timestamp.ts";
import { selectList } from "@archway/service_kit/select_list.ts";
import type { Profile } from "../domain/profile.ts";
import { PROFILE_COLUMNS } from "../persistence/profile_list.ts";
import { batchProfiles } from "./batch_profiles.ts";
import { SeedError } from "./seed_error.ts";
import { BATCH_SIZE, batchCount, type SeedPlan } from "./seed_plan.ts";
import { seedProfiles, type SeedProgress } from "./seed_profiles.ts";

const PLAN: SeedPlan = {
  profiles: BATCH_SIZE + 40,
  randomSeed: 1,
  until: microsecondsOf("2026-11-01T00:00:00Z"),
};

async function countProfiles(pool: ConnectionPool): Promise<number> {
  const { rows: [row] } = await pool.writer().query<{ count: number }>("select count(*)::int from profiles");
  return row?.count ?? 0;
}

for (const [name, open] of Object.entries(PROFILE_DATABASES)) {
  Deno.test(`seedProfiles() writes the generated profiles once, on ${name}`, async () => {
    // The embedded database is slow.
    const plan = name === "embedded" ? { ...PLAN, profiles: 60 } : PLAN;
    const batches = batchCount(plan);
    await using database = await open();
    const { pool } = database;
    const reported: SeedProgress[] = [];
    const onProgress = (progress: SeedProgress): number => reported.push(progress);
    assertEquals(await seedProfiles(pool, plan, { onProgress }), { found: 0, added: plan.profiles });
    assertEquals([reported[0], reported.at(-1)], [{ found: 0, added: 0 }, {
      found: 0,
      added: plan.profiles,
    }]);
    assertEquals(reported.length, 1 + batches);
    const last = [...batchProfiles(plan, batches - 1)];
    const { rows } = await pool.writer().query(
      `select ${selectList<Profile>(PROFILE_COLUMNS)} from profiles where id >= $1 order by id`,
      [last[0]?.id ?? ""],
    );
    assertEquals(rows.map((row) => ({ ...row })), last);
    assertEquals(await seedProfiles(pool, plan), { found: plan.profiles, added: 0 });
    assertEquals(await countProfiles(pool), plan.profiles);
  });
}

Deno.test("seedProfiles() stops after complete batches when aborted, and continues from there", async () => {
  await using database = await PROFILE_DATABASES["PostgreSQL"]?.();
  assert(database);
  const { pool } = database;
  const plan = { ...PLAN, profiles: 6 * BATCH_SIZE };
  const stopping = new AbortController();
  const onProgress = ({ added }: SeedProgress): void => {
    if (added > 0) stopping.abort();
  };
  const { added } = await seedProfiles(pool, plan, { onProgress, signal: stopping.signal });
  assert(added > 0 && added < plan.profiles);
  assertEquals(added % BATCH_SIZE, 0);
  assertEquals(await countProfiles(pool), added);
  assertEquals(await seedProfiles(pool, plan), { found: added, added: plan.profiles - added });
  assertEquals(await countProfiles(pool), plan.profiles);
});

Deno.test("seedProfiles() rejects a different plan with the same seed, and accepts one with another seed", async () => {
  await using database = await PROFILE_DATABASES["PostgreSQL"]?.();
  assert(database);
  const { pool } = database;
  await seedProfiles(pool, { ...PLAN, profiles: 50 });
  await assertRejects(() => seedProfiles(pool, { ...PLAN, profiles: 60 }), SeedError, "--random-seed");
  assertEquals(await countProfiles(pool), 50);
  await seedProfiles(pool, { ...PLAN, profiles: 60, randomSeed: 2 });
  assertEquals(await countProfiles(pool), 110);
});
