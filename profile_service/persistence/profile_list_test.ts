import { assert, assertEquals } from "@std/assert";
import type { ConnectionPool, Querier } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { PROFILE_MIGRATIONS } from "../testing/profile_databases.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import {
  ExplainingQuerier,
  type PlanKind,
  type PlanNode,
} from "@archway/tools/support/explaining_querier.ts";
import { PostgresProfileRepository } from "./profile_repository.ts";
import type { ListRequest, PagePosition, TimeAnchor } from "@archway/service_kit/page.ts";
import type { ProfileFilter } from "../ports.ts";
import { type AccessScope, UNRESTRICTED } from "@archway/service_kit/access_scope.ts";

const ROWS = 60_000;
const LIMIT = 20;
const repository = new PostgresProfileRepository();

/** Owner of one profile in 40; half of all have no owner. */
const OWNER: AccessScope = { kind: "owner", subject: "owner 3" };

/**
 * Three profiles per timestamp, so that the id matters too; one in 50 is deleted. One name in ten is Ann. The ten
 * oldest active profiles are Zoe, and one in the middle is Quentin.
 */
const INSERT = `insert into profiles (id, name, email, created_at, updated_at, deleted_at, owner)
  select
    gen_random_uuid(),
    case when number <= 10 then 'Zoe ' when number = ${
  ROWS / 2
} then 'Quentin ' when number % 10 = 0 then 'Ann '
      else 'Person ' end || number,
    case when number % 3 > 0 then 'person-' || number || '@example.com' end,
    created_at,
    created_at,
    case when number % 50 = 49 then created_at end,
    case when number % 2 = 1 then 'owner ' || number % 40 end
  from generate_series(1, ${ROWS}) as number,
    lateral (select timestamptz '2025-01-01Z' + number / 3 * interval '7.000013 seconds') as time (created_at)`;

/** Limits for the plan of a page. */
interface Bounds {
  readonly list: Omit<ListRequest<ProfileFilter>, "page">;
  readonly indexes: readonly string[];
  /** Maximum number of table rows read. */
  readonly rows: number;
  /** Maximum number of rows sorted. */
  readonly sorted: number;
  /** The rows are spread over the table, each in its own block. */
  readonly scattered?: true;
}

const BOUNDS: Readonly<Record<string, Bounds>> = {
  // The page, the first row of the next one, and the row before.
  "without a filter": {
    list: { scope: UNRESTRICTED, filter: {} },
    indexes: ["profiles_newest_first"],
    rows: LIMIT + 2,
    sorted: LIMIT + 1,
  },
  "of an owner": {
    list: { scope: OWNER, filter: {} },
    indexes: ["profiles_by_owner"],
    rows: LIMIT + 2,
    sorted: LIMIT + 1,
  },
  "of an owner and an e-mail address": {
    list: { scope: OWNER, filter: { email: "PERSON-30001@example.com" } },
    // For an anchor near the end of the list, the owner's remaining rows are as few as those of the address.
    indexes: ["profiles_email_key", "profiles_by_owner"],
    rows: LIMIT,
    sorted: 1,
  },
  // All rows of the owner, on each side: fewer than the scan limit.
  "of an owner and a name": {
    list: { scope: OWNER, filter: { namePrefix: "ann" } },
    indexes: ["profiles_by_owner"],
    rows: 2 * ROWS / 40,
    sorted: ROWS / 40,
    scattered: true,
  },
  "of an e-mail address": {
    list: { scope: UNRESTRICTED, filter: { email: "PERSON-30001@example.com" } },
    indexes: ["profiles_email_key"],
    rows: 2,
    sorted: 1,
  },
  "of an e-mail address and a name": {
    list: { scope: UNRESTRICTED, filter: { email: "person-30001@example.com", namePrefix: "quentin" } },
    indexes: ["profiles_email_key"],
    rows: 2,
    sorted: 1,
  },
  "of a name that one in ten has": {
    list: { scope: UNRESTRICTED, filter: { namePrefix: "ann" } },
    indexes: ["profiles_newest_first"],
    rows: (LIMIT + 2) * 11,
    sorted: LIMIT + 1,
  },
  // 4000 rows on each side, then all rows with the name.
  "of a name that only the oldest have": {
    list: { scope: UNRESTRICTED, filter: { namePrefix: "zoe" } },
    indexes: ["profiles_newest_first", "profiles_name_prefix"],
    rows: 2 * (4000 + 10),
    sorted: LIMIT + 1,
  },
  "of a name that one has": {
    list: { scope: UNRESTRICTED, filter: { namePrefix: "quentin" } },
    indexes: ["profiles_newest_first", "profiles_name_prefix"],
    rows: 2 * (4000 + 1),
    sorted: LIMIT + 1,
  },
  "of a name without matches": {
    list: { scope: UNRESTRICTED, filter: { namePrefix: "xavier" } },
    indexes: ["profiles_newest_first", "profiles_name_prefix"],
    rows: 2 * 4000,
    sorted: LIMIT + 1,
  },
};

Deno.test("PostgresProfileRepository reads a bounded number of rows at any depth of the list", async (t) => {
  await using database = await useTestDatabase({ migrations: PROFILE_MIGRATIONS });
  await using pool = openPool({ primary: database.instance, replicas: [] });
  const anchors = await fill(pool);
  const positions = [
    undefined,
    ...anchors.flatMap((anchor) =>
      (["after", "before"] as const).flatMap((direction) =>
        [false, true].map((inclusive): PagePosition => ({ direction, anchor, inclusive }))
      )
    ),
  ];
  for (const kind of ["custom", "generic"] as const) {
    for (const [name, bounds] of Object.entries(BOUNDS)) {
      await t.step(`list() ${name}, ${kind} plan`, async () => {
        for (const position of positions) {
          const request = { ...bounds.list, page: { limit: LIMIT, position } };
          checkPlan(await planOf(pool, kind, (db) => repository.list(db, request)), bounds);
        }
      });
    }
    await t.step(`find(), ${kind} plan`, async () => {
      const plan = await planOf(
        pool,
        kind,
        (db) => repository.find(db, { id: anchors[0].id, scope: UNRESTRICTED }),
      );
      checkPlan(plan, { indexes: ["profiles_pkey"], rows: 1, sorted: 0 });
    });
    await t.step(`find() for an owner, ${kind} plan`, async () => {
      const plan = await planOf(pool, kind, (db) => repository.find(db, { id: anchors[0].id, scope: OWNER }));
      checkPlan(plan, { indexes: ["profiles_pkey"], rows: 1, sorted: 0 });
    });
    await t.step(`list() by number, of an owner, ${kind} plan`, async () => {
      const request = { scope: OWNER, filter: {}, page: { number: 3, limit: 5 } };
      const plan = await planOf(pool, kind, (db) => repository.list(db, request));
      checkPlan(plan, { indexes: ["profiles_by_owner"], rows: ROWS / 40 + 15, sorted: 5, scattered: true });
    });
    await t.step(`list() by number, of a name, ${kind} plan`, async () => {
      const request = { scope: UNRESTRICTED, filter: { namePrefix: "zoe" }, page: { number: 2, limit: 5 } };
      const plan = await planOf(pool, kind, (db) => repository.list(db, request));
      checkPlan(plan, { indexes: ["profiles_name_prefix"], rows: 10, sorted: 10 });
    });
  }
});

/** Fills the table and returns profiles at the beginning, in the middle and near the end of the list. */
async function fill(pool: ConnectionPool): Promise<readonly [TimeAnchor, TimeAnchor, TimeAnchor]> {
  await pool.writer().query(INSERT);
  await pool.writer().query("vacuum (analyze) profiles");
  return [await anchorAt(pool, 0.001), await anchorAt(pool, 0.5), await anchorAt(pool, 0.8)];
}

async function anchorAt(pool: ConnectionPool, depth: number): Promise<TimeAnchor> {
  const { rows: [row] } = await pool.writer().query<{ id: string; created_at: string }>(
    "select id, created_at from profiles where deleted_at is null order by created_at desc, id desc offset $1 limit 1",
    [Math.round(depth * ROWS)],
  );
  assert(row);
  return { id: row.id, createdAt: row.created_at };
}

/** Returns the plan that PostgreSQL executed for a call of the repository. The statement is the usual one. */
async function planOf(
  pool: ConnectionPool,
  kind: PlanKind,
  run: (db: Querier) => Promise<unknown>,
): Promise<readonly PlanNode[]> {
  return await pool.withTx(async (tx) => {
    const db = new ExplainingQuerier(tx, kind);
    await run(db);
    const [plan = [], ...others] = db.plans;
    assertEquals(others, []);
    return plan;
  });
}

function checkPlan(plan: readonly PlanNode[], bounds: Omit<Bounds, "list">): void {
  const { indexes, rows, sorted, scattered } = bounds;
  const summary = plan.map((node) =>
    `${node["Node Type"]} ${node["Index Name"] ?? ""} ${node["Actual Rows"]}`
  )
    .join(", ");
  let seen = 0;
  for (const node of plan) {
    const type = node["Node Type"];
    assert(type !== "Seq Scan" && !type.startsWith("Gather"), `${type} in ${summary}`);
    const index = node["Index Name"];
    assert(index === undefined || indexes.includes(index), `${index} in ${summary}`);
    if (type.includes("Sort")) {
      const input = node.Plans?.find((child) => child["Parent Relationship"] === "Outer");
      assert(
        input !== undefined && input["Actual Rows"] * input["Actual Loops"] <= sorted,
        `sorts in ${summary}`,
      );
    }
    if (node["Relation Name"] === undefined) continue;
    const removed = (node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Index Recheck"] ?? 0);
    seen += (node["Actual Rows"] + removed) * node["Actual Loops"];
  }
  assert(seen <= rows, `${seen} rows in ${summary}`);
  // Index entries that fail the condition are not counted as rows, but their blocks are.
  const blocks = (plan[0]?.["Shared Hit Blocks"] ?? 0) + (plan[0]?.["Shared Read Blocks"] ?? 0);
  assert(blocks <= 20 + (scattered ? rows : rows / 10), `${blocks} blocks in ${summary}`);
}
