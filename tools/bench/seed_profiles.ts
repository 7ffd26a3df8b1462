import { openPool } from "../../db/postgres/open_pool.ts";
import type { InstanceConfig } from "../../db/postgres/pool_config.ts";
import { MIGRATION_SOURCES } from "../../program/migration_sources.ts";

/** How many profiles there are before anything is measured. */
export const PROFILE_COUNT = 100_000;

/**
 * The same profiles every time: ids are UUIDv7s of the time of creation, five minutes apart from 2025 on; two of
 * three have an e-mail address, three of four an age.
 */
const INSERT = `insert into profiles (id, name, email, age, version, created_at, updated_at)
  select
    (lpad(to_hex((extract(epoch from created_at) * 1000)::bigint), 12, '0')
      || '7' || substr(md5(number::text), 1, 3) || '8' || substr(md5(number::text), 4, 15))::uuid,
    (array['Ada', 'Grace', 'Edsger', 'Barbara', 'Donald', 'Frances', 'Alan', 'Radia'])[1 + number % 8]
      || ' ' || initcap(substr(md5((-number)::text), 1, 4 + number % 12)),
    case when number % 3 > 0 then 'person-' || number || '@example.com' end,
    case when number % 4 > 0 then 18 + number % 70 end,
    1,
    created_at,
    created_at
  from generate_series(1, ${PROFILE_COUNT}) as number,
    lateral (select timestamptz '2025-01-01Z' + number * interval '300.000017 seconds') as time (created_at)`;

/** Spread over the whole table, and the same every time. */
const SAMPLE = "select id from profiles order by md5(id::text) limit $1";

/**
 * Migrates an empty database and fills it.
 *
 * @returns ids of some of its profiles, spread over all of them.
 */
export async function seedProfiles(instance: InstanceConfig, sampleSize: number): Promise<readonly string[]> {
  await using pool = openPool({ primary: instance, replicas: [] });
  await pool.migrate(MIGRATION_SOURCES);
  await pool.writer().query(INSERT);
  // Not left to autovacuum, which would come in the middle of something.
  await pool.writer().query("vacuum (analyze) profiles");
  const { rows } = await pool.writer().query<{ id: string }>(SAMPLE, [sampleSize]);
  return rows.map(({ id }) => id);
}
