import { assert, assertEquals, assertMatch } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { Server } from "@archway/server/server.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { MainProgram, type ProgramResult } from "@archway/tools/support/program.ts";
import { serviceMigrations } from "@archway/tools/support/service_databases.ts";
import { serviceServer } from "@archway/tools/support/service_server.ts";
import { services } from "../../services.ts";
import { atGate, untilAlone } from "../testing/database_gate.ts";
import { findBytes } from "../testing/find_bytes.ts";
import { findInconsistencies } from "../testing/find_inconsistencies.ts";
import { idOf, money, send } from "../testing/payment_client.ts";
import { PRIVACY, PRIVACY_SECRETS, PRIVATE_PAYMENTS } from "../testing/privacy_calls.ts";

/** Bytes that occur only in data of the person. */
const TEXTS = [
  "Quillonvex",
  "oldmailqz",
  "7741-9902-QX",
  "giftzqback",
  "Wantedqzv",
  "invoiceqzv",
  "Batchedqzv",
];

/** Statements of an erasure in their order, each of which waits when it has changed its rows. */
const STEPS = [
  ["profiles", "update"],
  ["payments", "update"],
  ["refunds", "update"],
  ["payment_requests", "update"],
  ["payment_request_references", "delete"],
  ["payment_request_batch_items", "update"],
  ["idempotency_keys", "update"],
  ["subject_keys", "insert"],
  ["audit_log", "insert"],
  ["erasures", "update"],
] as const;

/** Returns all rows of the tables that an erasure changes. */
async function allRows(pool: ConnectionPool): Promise<readonly string[]> {
  const tables = [...new Set(["events", ...STEPS.map(([table]) => table)])];
  const queries = tables.map((table) =>
    pool.writer().query<{ text: string }>(
      `select coalesce(string_agg(t::text, E'\\n' order by t::text), '') as text from ${table} as t`,
    )
  );
  return (await Promise.all(queries)).map(({ rows: [row] }) => row?.text ?? "");
}

/** Creates a person with data in all tables, and a payment whose event is not encrypted yet. Returns their id. */
async function createPerson(server: Server, before: Server): Promise<string> {
  const post = async (to: Server, path: string, body: unknown): Promise<string> => {
    const response = await send(to, `POST ${path}`, { body, key: crypto.randomUUID() });
    assert(response.status < 300, response.text);
    return idOf(response);
  };
  const open = async (body: Readonly<Record<string, string>>): Promise<readonly [string, string]> => {
    const { body: { data } } = await send(server, "POST /v1/profiles", { body });
    const profile = String(data?.["id"]);
    const { body: { data: account } } = await send(server, "POST /v1/accounts", {
      body: { profileId: profile, currency: "BRL" },
    });
    await post(server, `/v1/accounts/${account?.["id"]}/deposits`, { amount: money("50.00") });
    return [profile, String(account?.["id"])];
  };
  const [person, account] = await open({ name: "Quillonvex", email: "oldmailqz@example.org" });
  const [, other] = await open({ name: "Ada" });
  const terms = { payerAccountId: account, payeeAccountId: other, amount: money("2.00") };
  await post(before, "/v1/payments", { ...terms, description: "Document 7741-9902-QX" });
  const payment = await post(server, "/v1/payments", { ...terms, description: "For 7741-9902-QX" });
  const refund = { amount: money("1.00"), description: "giftzqback" };
  const path = `PUT /v1/payments/${payment}/refunds/${crypto.randomUUID()}`;
  assertEquals((await send(server, path, { body: refund })).status, 201);
  const request = {
    ...{ payeeAccountId: account, amount: money("3.00"), description: "Wantedqzv", reference: "invoiceqzv" },
    expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
  };
  await post(server, "/v1/payment-requests", request);
  // No worker processes it.
  const batch = { requests: [{ ...request, description: "Batchedqzv", reference: null }] };
  await post(server, "/v1/payment-request-batches", batch);
  return person;
}

Deno.test({
  name: "privacy erase can be killed at each of its statements and repeated, and leaves no byte",
  ignore: PRIVACY.length === 0,
  async fn(t): Promise<void> {
    // As small as it can be, so that the log is recycled.
    await using postgres = await startPostgres({ settings: { max_wal_size: "32MB", min_wal_size: "32MB" } });
    await using pool = openPool({ primary: postgres.instance, replicas: [], ...GENEROUS_TIMEOUTS });
    await pool.migrate(serviceMigrations(...services));
    const environment = { ...postgresEnvironment(postgres.instance), HMAC_SECRET: PRIVACY_SECRETS[0] };
    const run = async (...args: string[]): Promise<ProgramResult> => {
      await using program = new MainProgram(environment, ["privacy", ...args]);
      return await program.ended();
    };
    const before = serviceServer(pool, {
      services: PRIVATE_PAYMENTS.filter((one) => !PRIVACY.includes(one)),
    });
    const server = serviceServer(pool, { services: PRIVATE_PAYMENTS, hmacSecrets: PRIVACY_SECRETS });
    const subject = await createPerson(server, before);
    const requested = await run("erase", "--subject", subject);
    const request = /--confirm (\S+)/.exec(requested.stdout)?.[1] ?? "";
    const personal = new Map(
      [...requested.stdout.matchAll(/^(\w+) +\d+ +(\d+) /gm)].map((
        [, table = "", rows],
      ) => [table, Number(rows)]),
    );
    const confirmed = ["erase", "--subject", subject, "--confirm", request, "--insist"];
    const killAt = async (trigger: string, table: string): Promise<void> => {
      await atGate(
        pool,
        `create trigger gate ${trigger} execute function wait_at_gate()`,
        async (reached) => {
          await using program = new MainProgram(environment, ["privacy", ...confirmed]);
          await reached();
          assertEquals((await program.kill()).stdout, "");
        },
      );
      await untilAlone(pool);
      await pool.writer().query(`drop trigger gate on ${table}`);
    };
    await t.step("while it encrypts earlier events", async () => {
      const rows = await allRows(pool);
      await killAt("before update on events for each row", "events");
      assertEquals(await allRows(pool), rows);
      assert(rows[0]?.includes("Document 7741-9902-QX"));
    });
    for (const [table, operation] of STEPS) {
      await t.step(`after the ${operation} of ${table}`, async () => {
        // The encryption of earlier events was committed by the first.
        const [events, ...rows] = await allRows(pool);
        await killAt(`after ${operation} on ${table} for each statement`, table);
        const [eventsAfter, ...rowsAfter] = await allRows(pool);
        assertEquals(rowsAfter, rows);
        assert(!eventsAfter?.includes("7741-9902-QX"));
        if (table !== "profiles") assertEquals(eventsAfter, events);
      });
    }
    await t.step("it completes, with the right receipt", async () => {
      const results = [await run(...confirmed), await run(...confirmed)];
      for (const { code, stderr } of results) {
        assertEquals(code, 0, stderr);
        assertMatch(stderr, /^Still personal: 0 of \d+ records$/m);
      }
      const [receipt, repeated] = results.map(({ stdout }) => JSON.parse(stdout));
      assertEquals(repeated, receipt);
      assertEquals([receipt.request, receipt.subject, receipt.keyDestroyed], [request, subject, true]);
      assertEquals(receipt.erased.length, 6);
      for (const { table, rows } of receipt.erased) assertEquals(rows, personal.get(table), table);
      const audit = "select from audit_log where action = 'erase'";
      assertEquals((await pool.writer().query(audit)).rowCount, 1);
      assertEquals(await findInconsistencies(pool.writer()), []);
    });
    await t.step("no file has a byte after scrub, and had before", async () => {
      assert((await findBytes(postgres.dataDirectory, TEXTS)).length > 0);
      const { code, stderr } = await run("scrub");
      assertEquals(code, 0, stderr);
      assertEquals(await findBytes(postgres.dataDirectory, TEXTS), []);
    });
  },
});
