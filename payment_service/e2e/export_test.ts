import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import type { ConnectionPool } from "@archway/db/db.ts";
import { joinEmbedded } from "@archway/db/embedded/join_embedded.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { missingInAlerts } from "@archway/tools/support/prometheus/alerts.ts";
import { compareDashboards } from "@archway/tools/support/prometheus/dashboards.ts";
import { readExported } from "@archway/tools/support/prometheus/exported_metrics.ts";
import type { PostgresServer } from "@archway/tools/support/postgres/postgres_server.ts";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { startStandby } from "@archway/tools/support/postgres/start_standby.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { MainProgram, type ProgramResult } from "@archway/tools/support/program.ts";
import { services } from "../../services.ts";
import { makePayments } from "../testing/make_payments.ts";
import { idOf, money, openAccount, paymentServer, send } from "../testing/payment_client.ts";
import { PAYMENT_MIGRATIONS } from "../testing/payment_program.ts";

type Row = Readonly<Record<string, unknown>>;

async function rowsIn(folder: string): Promise<readonly Row[]> {
  const { files }: { readonly files: readonly { readonly path: string }[] } = JSON.parse(
    await Deno.readTextFile(join(folder, "manifest.json")),
  );
  const read = await Promise.all(
    files.map(async ({ path }) =>
      await parquetReadObjects({ file: await asyncBufferFromFile(join(folder, path)) })
    ),
  );
  return read.flat();
}

/** Asserts that files have exactly the rows of a query, by text. */
async function assertSame(
  pool: ConnectionPool,
  { folder, query, textOf }: {
    readonly folder: string;
    readonly query: string;
    readonly textOf: (row: Row) => string;
  },
): Promise<void> {
  const { rows } = await pool.writer().query<{ text: string }>(query);
  assertEquals((await rowsIn(folder)).map(textOf).toSorted(), rows.map(({ text }) => text).toSorted());
}

async function run(environment: Readonly<Record<string, string>>, ...args: string[]): Promise<ProgramResult> {
  await using program = new MainProgram(environment, ["export", ...args]);
  return await program.ended();
}

/** Projects may do without exports. */
const ignore = !services.some(({ name }) => name === "export");

/** Returns a query of the rows of `payments`, as {@link textOfPayment} has them. */
const PAYMENTS =
  `select concat_ws(' ', position, coalesce(data->>'transferId', data->>'depositId'), data->>'refundId',
    data->>'amount', data->>'currency', floor(extract(epoch from recorded_at) * 1000)) as text
  from events where type in ('deposit.settled', 'payment.settled', 'payment.refunded')`;

function textOfPayment(
  { position, transfer_id, refund_id, amount_minor, currency, recorded_at }: Row,
): string {
  return [position, transfer_id, refund_id, amount_minor, currency, Number(recorded_at)]
    .filter((value) => value !== null && value !== undefined).join(" ");
}

/** Returns the number of events that sessions have read on a server, once all others have ended: an open one may count later. */
async function eventsRead({ instance }: PostgresServer): Promise<number> {
  await using pool = openPool({ primary: instance, replicas: [], ...GENEROUS_TIMEOUTS });
  const others = "select from pg_stat_activity where datname = current_database() " +
    "and backend_type = 'client backend' and pid <> pg_backend_pid()";
  await until(async () => (await pool.writer().query(others)).rows.length === 0);
  const { rows: [row] } = await pool.writer().query<{ readonly read: number }>(
    "select (seq_tup_read + idx_tup_fetch)::int as read from pg_stat_user_tables where relname = 'events'",
  );
  return row?.read ?? NaN;
}

Deno.test({
  name: "archway export writes payments that are made meanwhile, each once, from a replica",
  ignore,
  async fn(): Promise<void> {
    await using primary = await startPostgres();
    await using standby = await startStandby(primary);
    await using pool = openPool({ primary: primary.instance, replicas: [], ...GENEROUS_TIMEOUTS });
    await pool.migrate([...PAYMENT_MIGRATIONS]);
    await using server = paymentServer(pool);
    const folder = await Deno.makeTempDir({ prefix: "archway_export_" });
    const environment = {
      ...postgresEnvironment(primary.instance),
      MIGRATE_ON_START: "true",
      POSTGRES_REPLICA_0_HOST: standby.instance.host,
      POSTGRES_REPLICA_0_PORT: String(standby.instance.port),
      // On a busy machine as well, reads stay with the replica.
      ...{ POSTGRES_REPLICA_PROBE_TIMEOUT: "1m", POSTGRES_REPLICA_MAX_LAG: "1h" },
    };
    const [payer, payee] = [await openAccount(server, "1000.00"), await openAccount(server, "0")];
    const pay = async (): Promise<void> => {
      const payment = await send(server, "POST /v1/payments", {
        key: crypto.randomUUID(),
        body: { payerAccountId: payer, payeeAccountId: payee, amount: money("1.01"), description: "secret" },
      });
      const id = idOf(payment);
      await send(server, `PUT /v1/payments/${id}/refunds/${id}`, { body: { amount: money("0.01") } });
    };
    await Promise.all(Array.from({ length: 5 }, pay));
    // Transactions that hold positions while the exports run.
    let going = true;
    const paying = Promise.all(Array.from({ length: 3 }, async () => {
      while (going) await pay();
    }));
    try {
      for (let round = 0; round < 3; round++) {
        const { code, stderr } = await run(environment, "events", "payments", "--to", folder);
        assertEquals(code, 0, stderr);
      }
    } finally {
      going = false;
      await paying;
    }
    const { code, stdout, stderr } = await run(environment, "all", "--to", folder);
    assertEquals(code, 0, stderr);
    assertMatch(
      stdout,
      /^events: .* rows in \d+ files?\nprofiles: 2 rows .*\npayments: .*\naccounts: 3 rows/m,
    );

    await assertSame(pool, {
      folder: join(folder, "events"),
      query: "select position || ' ' || stream || ' ' || version || ' ' || type as text from events",
      textOf: ({ position, stream, version, type }) => `${position} ${stream} ${version} ${type}`,
    });
    await assertSame(pool, {
      folder: join(folder, "payments"),
      query: PAYMENTS,
      textOf: textOfPayment,
    });
    await assertSame(pool, {
      folder: join(folder, "accounts"),
      query: "select id || ' ' || balance || ' ' || version as text from accounts",
      textOf: ({ id, balance, version }) => `${id} ${balance} ${version}`,
    });
    const events = await rowsIn(join(folder, "events"));
    assertEquals(JSON.stringify(events.map(({ data }) => data)).includes("secret"), false);

    await pool[Symbol.asyncDispose]();
    const before = await eventsRead(primary);
    const again = await run(environment, "payments", "--to", folder);
    assertMatch(again.stdout, /^payments: no changes; /);
    // The last position alone is read from the primary, also by the first statements.
    const read = await eventsRead(primary) - before;
    assert(read < 5, `${read} events were read from the primary`);
    const refused = await run(environment, "refunds", "--to", folder);
    assertEquals(refused.code, 2);
    assertStringIncludes(
      refused.stderr,
      'no data set "refunds"; expected some of: all, events, profiles, payments',
    );
    await Deno.remove(folder, { recursive: true });
  },
});

/** Settings of a program whose schedule a test makes due. */
function scheduled(folder: string): Readonly<Record<string, string>> {
  return { EXPORT_TO: folder, EXPORT_SCHEDULE: "@yearly", LOG_FORMAT: "otel", PORT: "0" };
}

/** Makes the schedule of exports due, once a program has stored it. Those that run find it within half a minute. */
async function makeDue(pool: ConnectionPool): Promise<void> {
  const query =
    "update schedules set next_at = next_at - interval '2 years' where name = 'export.all' returning 1";
  await until(async () => (await pool.writer().query(query)).rows.length > 0);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!await condition().catch(() => false)) await new Promise((done) => setTimeout(done, 50));
}

Deno.test({
  name: "archway worker exports on schedule, once over all processes, and continues after it was stopped",
  ignore,
  async fn(): Promise<void> {
    await using database = await useTestDatabase({ migrations: PAYMENT_MIGRATIONS });
    await using pool = openPool({ primary: database.instance, replicas: [], ...GENEROUS_TIMEOUTS });
    await makePayments(pool);
    const folder = await Deno.makeTempDir({ prefix: "archway_export_" });
    const environment = {
      ...postgresEnvironment(database.instance),
      ...{ ...scheduled(folder), ADMIN_PORT: "0", MIGRATE_ON_START: "true" },
    };
    const query = async (text: string): Promise<readonly object[]> => (await pool.writer().query(text)).rows;
    {
      await using worker = new MainProgram(environment, ["worker"]);
      await makeDue(pool);
      await worker.stop();
    }
    {
      const [begun, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      // The export waits for it, as it could still add events.
      const blocking = pool.withTx(async (tx) => {
        await tx.query("select pg_current_xact_id()");
        begun.resolve();
        await released.promise;
      });
      await begun.promise;
      await using worker = new MainProgram(environment, ["worker"]);
      const sessions = "select from pg_stat_activity where application_name like '% export'";
      await until(async () => (await query(sessions)).length > 0);
      const { code, stderr } = await worker.stop();
      assertEquals(code, 0, stderr);
      released.resolve();
      await blocking;
      assertEquals((await query("select from jobs where kind = 'export.all' and dead_at is null")).length, 1);
    }
    await using workers = new AsyncDisposableStack();
    const programs = [1, 2].map(() => workers.use(new MainProgram(environment, ["worker"])));
    await until(async () => (await query("select from jobs where kind = 'export.all'")).length === 0);
    const urls = await Promise.all(programs.map((program) => program.metricsUrl));
    const late = ["export_last_success_seconds{", "export_rows_total{"];
    const known = await Promise.any(urls.map((url) => readExported(url, late)));
    const prefix = /^archway_export_/;
    assertEquals(await compareDashboards(["export"], { known, prefix }), { missing: [], notShown: [] });
    assertEquals(await missingInAlerts("export", known), []);
    const results = await Promise.all(programs.map((program) => program.stop()));
    assertEquals(results.map(({ code }) => code), [0, 0]);
    const logs = results.map(({ stdout }) => stdout).join("");
    assertEquals(logs.match(/Exported \d+ rows of accounts/g)?.length, 1, logs);
    {
      // It knows of the last export, although all processes were restarted since then.
      await using worker = new MainProgram(environment, ["worker"]);
      await readExported(await worker.metricsUrl, ['export_last_success_seconds{data_set="payments"}']);
    }
    await assertSame(pool, { folder: join(folder, "payments"), query: PAYMENTS, textOf: textOfPayment });
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test({
  name: "archway serve exports the embedded database on schedule, which it has open",
  ignore: ignore || Deno.env.get("TEST_FLAVOUR") === "server",
  async fn(): Promise<void> {
    const folder = await Deno.makeTempDir({ prefix: "archway_export_" });
    const [data, target] = [join(folder, "data"), join(folder, "exports")];
    const environment = { ...scheduled(target), EMBEDDED_DATA_DIR: data };
    const open = async (): Promise<ConnectionPool> =>
      openPool({
        primary: (await joinEmbedded({ dataDirectory: join(data, "postgres"), joins: true })).instance,
        ...{ replicas: [], ...GENEROUS_TIMEOUTS },
      });
    {
      await using program = new MainProgram(environment);
      await program.url;
      await using pool = await open();
      await until(async () => (await pool.writer().query("select from schedules")).rows.length > 0);
      await makePayments(pool);
      await makeDue(pool);
    }
    await using program = new MainProgram(environment);
    await program.untilMatch(/Exported \d+ rows of accounts/);
    {
      await using pool = await open();
      await assertSame(pool, { folder: join(target, "payments"), query: PAYMENTS, textOf: textOfPayment });
    }
    assertEquals((await program.stop()).code, 0);
    await Deno.remove(folder, { recursive: true });
  },
});
