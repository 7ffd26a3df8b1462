import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { FIXTURE_MIGRATIONS } from "../support/fixture_migrations.ts";

/** Default number of contacts. */
export const CONTACT_COUNT = 100_000;

/** Period in which they were created, from 2025 on. */
const SECONDS = 30_000_001.7;

/** Maximum number of contacts of one statement. */
const MAX_INSERTED = 500_000;

/** Index of the table, beside that of its primary key. */
interface Index {
  readonly name: string;
  /** Statement that creates it. */
  readonly definition: string;
}

const INDEXES = `select indexname as name, indexdef as definition from pg_indexes
  where tablename = 'contacts' and indexname <> 'contacts_pkey'`;

/**
 * Migrates an empty database and fills it.
 *
 * @returns ids of some of its contacts, spread over all of them; the same every time.
 */
export async function seedContacts(
  instance: InstanceConfig,
  { sampleSize, count = CONTACT_COUNT, signal }: {
    readonly sampleSize: number;
    readonly count?: number;
    readonly signal?: AbortSignal;
  },
): Promise<readonly string[]> {
  await using pool = openPool({ primary: instance, replicas: [], statementTimeoutMs: 0 });
  await pool.migrate(FIXTURE_MIGRATIONS);
  const options = signal && { signal };
  // Filling a table before its indexes takes a third of the time.
  const { rows: indexes } = await pool.writer().query<Index>(INDEXES);
  for (const { name } of indexes) await pool.writer().query(`drop index ${name}`);
  for (let first = 1; first <= count; first += MAX_INSERTED) {
    const last = Math.min(count, first + MAX_INSERTED - 1);
    await pool.writer().query(insertSql(count), [first, last], options);
  }
  for (const { definition } of indexes) await pool.writer().query(definition, [], options);
  // Not left to autovacuum, which would interfere with a round.
  await pool.writer().query("vacuum (analyze) contacts");
  const { rows } = await pool.writer().query<{ id: string }>(
    "select id from contacts order by md5(id::text) limit $1",
    [sampleSize],
  );
  return rows.map(({ id }) => id);
}

/**
 * The same contacts every time: ids are UUIDv7s of the time of creation, which are evenly spread; two of three have
 * an e-mail address, three of four an age.
 */
function insertSql(count: number): string {
  const step = `interval '${SECONDS / count} seconds'`;
  return `insert into contacts (id, name, email, age, version, created_at, updated_at)
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
    from generate_series($1::int, $2::int) as number,
      lateral (select timestamptz '2025-01-01Z' + number * ${step}) as time (created_at)`;
}
