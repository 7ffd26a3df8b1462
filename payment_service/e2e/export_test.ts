import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import type { ConnectionPool } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { startStandby } from "@archway/tools/support/postgres/start_standby.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { MainProgram, type ProgramResult } from "@archway/tools/support/program.ts";
import { services } from "../../services.ts";
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

Deno.test({
  name: "archway export writes payments that are made meanwhile, each once, from a replica",
  // Projects may do without it.
  ignore: !services.some(({ name }) => name === "export"),
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
      query:
        `select concat_ws(' ', position, coalesce(data->>'transferId', data->>'depositId'), data->>'refundId',
          data->>'amount', data->>'currency', (extract(epoch from recorded_at) * 1000)::bigint) as text
        from events where type in ('deposit.settled', 'payment.settled', 'payment.refunded')`,
      textOf: ({ position, transfer_id, refund_id, amount_minor, currency, recorded_at }) =>
        [position, transfer_id, refund_id, amount_minor, currency, Number(recorded_at)]
          .filter((value) => value !== null && value !== undefined).join(" "),
    });
    await assertSame(pool, {
      folder: join(folder, "accounts"),
      query: "select id || ' ' || balance || ' ' || version as text from accounts",
      textOf: ({ id, balance, version }) => `${id} ${balance} ${version}`,
    });
    const events = await rowsIn(join(folder, "events"));
    assertEquals(JSON.stringify(events.map(({ data }) => data)).includes("secret"), false);

    const again = await run(environment, "payments", "--to", folder);
    assertMatch(again.stdout, /^payments: no changes; /);
    const refused = await run(environment, "refunds", "--to", folder);
    assertEquals(refused.code, 2);
    assertStringIncludes(
      refused.stderr,
      'no data set "refunds"; expected some of: all, events, profiles, payments',
    );
    await Deno.remove(folder, { recursive: true });
  },
});
