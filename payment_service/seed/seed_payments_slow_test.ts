import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { v7 as newId } from "uuid";
import type { ConnectionPool } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { microsecondsOf } from "@archway/db/timestamp.ts";
import { CommandError, UsageError } from "@archway/service_kit/command.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { MainProgram } from "@archway/tools/support/program.ts";
import { isEqual } from "../rebuild/compare_tables.ts";
import { rebuildProjections } from "../rebuild/rebuild_projections.ts";
import { findInconsistencies } from "../testing/find_inconsistencies.ts";
import { PAYMENT_DATABASES, PAYMENT_MIGRATIONS } from "../testing/payment_program.ts";
import { parseSeedArguments } from "./seed_arguments.ts";
import type { PaymentPlan } from "./seed_plan.ts";
import { seedPayments } from "./seed_payments.ts";

const DAY = 86_400_000_000n;
const PLAN: PaymentPlan = {
  ...{ payments: 3_000, accounts: 60, randomSeed: 1 },
  ...{ from: microsecondsOf("2026-08-01T00:00:00Z"), step: 60n * DAY / 3_000n },
};

async function addProfiles(pool: ConnectionPool, count: number): Promise<void> {
  const ids = Array.from({ length: count }, () => newId());
  await pool.writer().query(
    "insert into profiles (id, name, created_at, updated_at) select id, 'Ada', now(), now() from unnest($1::uuid[]) as id",
    [ids],
  );
}

/** Returns counts of rows, and a digest of all events and balances. */
async function contents(pool: ConnectionPool): Promise<Readonly<Record<string, unknown>>> {
  const { rows: [row = {}] } = await pool.writer().query<Record<string, unknown>>(
    `select (select count(*)::int from payments) as payments, (select count(*)::int from refunds) as refunds,
      (select count(*)::int from accounts where kind = 'customer') as accounts,
      (select count(*)::int from outbox) as outbox,
      (select md5(string_agg(stream || version || type || recorded_at, ',' order by position)) from events) as events`,
  );
  return row;
}

for (const [name, open] of Object.entries(PAYMENT_DATABASES)) {
  Deno.test(`seedPayments() makes payments whose books balance, in ${name}`, async () => {
    await using database = await open();
    const { pool } = database;
    await assertRejects(
      () => seedPayments(pool, PLAN),
      CommandError,
      "60 accounts need a profile each, and 0 profiles have no account",
    );
    await addProfiles(pool, 120);
    // Stopped after some transactions, and continued.
    const stopping = new AbortController();
    const stopped = await seedPayments(pool, PLAN, {
      signal: stopping.signal,
      onProgress: ({ added }) => added > 1_000 && stopping.abort(),
    });
    assert(stopped.added > 1_000 && stopped.added < 2_000);
    assertEquals(await findInconsistencies(pool.writer()), []);
    const added = PLAN.payments - stopped.added;
    assertEquals(await seedPayments(pool, PLAN), { found: stopped.added, added });
    const before = await contents(pool);
    assertEquals([before["payments"], before["accounts"], before["outbox"]], [3_000, 60, 0]);
    assert(Number(before["refunds"]) > 500);
    assertEquals(await seedPayments(pool, PLAN), { found: PLAN.payments, added: 0 });
    assertEquals(await contents(pool), before);
    await assertRejects(() => seedPayments(pool, { ...PLAN, randomSeed: 2 }), CommandError, "--add");
    await assertRejects(
      () => seedPayments(pool, { ...PLAN, randomSeed: 2 }, { add: true }),
      CommandError,
      "would be older",
    );
    const later = { ...PLAN, payments: 1_000, from: PLAN.from + 90n * DAY };
    assertEquals(await seedPayments(pool, later, { add: true }), { found: 0, added: 1_000 });
    assertEquals(await findInconsistencies(pool.writer()), []);
    const { tables } = await rebuildProjections(pool, { swap: false });
    assertEquals(tables.filter((table) => !isEqual(table)), []);
  });
}

Deno.test("seedPayments() satisfies the checks of each row if its role may not skip them", async () => {
  await using database = await useTestDatabase({ migrations: PAYMENT_MIGRATIONS });
  await using pool = openPool({ primary: database.instance, replicas: [], ...GENEROUS_TIMEOUTS });
  await addProfiles(pool, 60);
  const user = `seed_${crypto.randomUUID().slice(0, 8)}`;
  await pool.writer().query(`create role ${user} login`);
  try {
    await pool.writer().query(`grant usage on schema public to ${user}`);
    await pool.writer().query(
      `grant select, insert, update, delete on all tables in schema public to ${user}`,
    );
    let checks = 0;
    {
      await using limited = openPool({
        ...{ primary: { ...database.instance, user }, replicas: [], ...GENEROUS_TIMEOUTS },
      });
      await seedPayments(limited, PLAN, { onChecks: () => checks++ });
    }
    assertEquals([checks, (await contents(pool))["payments"]], [1, 3_000]);
    assertEquals(await findInconsistencies(pool.writer()), []);
  } finally {
    await pool.writer().query(`drop owned by ${user}`);
    await pool.writer().query(`drop role ${user}`);
  }
});

Deno.test("seed --payments refuses a database on another machine without --remote", async () => {
  await using database = await useTestDatabase();
  const environment = { ...postgresEnvironment(database.instance), POSTGRES_PRIMARY_HOST: "db.example" };
  await using program = new MainProgram(environment, ["seed", "--payments", "100"]);
  const { code, stderr } = await program.ended();
  assertStringIncludes(stderr, "POSTGRES_PRIMARY_HOST is db.example, which may be another machine");
  assertEquals(code, 1);
});

Deno.test("parseSeedArguments() reads every option, and returns a line that selects the same plan later", () => {
  const args = "--payments 1000 --accounts=33 --days 10 --random-seed 7 --add".split(" ");
  const parsed = parseSeedArguments(args, { today: "2026-11-30" });
  assertEquals(parsed, {
    plan: {
      ...{ payments: 1_000, accounts: 40, randomSeed: 7 },
      ...{ from: microsecondsOf("2026-11-20T00:00:00Z"), step: DAY / 100n },
    },
    ...{ add: true, remote: false },
    line: "--payments 1000 --accounts 33 --days 10 --random-seed 7 --until 2026-11-30 --add",
  });
  assertEquals(parseSeedArguments(parsed.line.split(" "), { today: "2027-01-01" }), parsed);
  const refused: Readonly<Record<string, string>> = {
    "--days 3": "--payments is required, such as --payments 10000",
    "--payments": "--payments requires a value",
    "--payments 99": "--payments must be an integer from 100 to 50,000,000",
    "--payments 1000 --accounts x": "--accounts must be an integer from 20 to 100,000",
    "--payments 1000 --add=no": "--add accepts no value",
    "--payments 1000 --remote=db": "--remote accepts no value",
    "--payments 1000 --until soon":
      "--until must be a date such as 2026-11-01 or a time such as 2026-11-01T12:00:00Z",
    "--payments 1000 --profiles 3": "unknown option --profiles",
    "--payments 1000 more": "unexpected argument",
  };
  for (const [line, message] of Object.entries(refused)) {
    const parse = (): unknown => parseSeedArguments(line.split(" "), { today: "2026-11-30" });
    assertEquals(assertThrows(parse, UsageError).message, message);
  }
});
