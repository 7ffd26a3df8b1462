import { assert, assertEquals } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { MainProgram, type ProgramResult } from "@archway/tools/support/program.ts";
import { serviceMigrations } from "@archway/tools/support/service_databases.ts";
import { serviceServer } from "@archway/tools/support/service_server.ts";
import { services } from "../../services.ts";
import { atGate, untilAlone } from "../testing/database_gate.ts";
import { findInconsistencies } from "../testing/find_inconsistencies.ts";
import { idOf, money, openAccount, outcome, send } from "../testing/payment_client.ts";
import { erase, PRIVACY, PRIVACY_SECRETS, PRIVATE_PAYMENTS } from "../testing/privacy_calls.ts";

Deno.test({
  name: "privacy can be killed at any time and repeated, with the same receipt and nothing half done",
  ignore: PRIVACY.length === 0,
  async fn(t): Promise<void> {
    await using database = await useTestDatabase({ migrations: serviceMigrations(...services) });
    await using pool = openPool({ primary: database.instance, replicas: [], ...GENEROUS_TIMEOUTS });
    const environment = { ...postgresEnvironment(database.instance), HMAC_SECRET: PRIVACY_SECRETS[0] };
    const start = (...args: string[]): MainProgram => new MainProgram(environment, ["privacy", ...args]);
    const run = async (...args: string[]): Promise<ProgramResult> => {
      await using program = start(...args);
      return await program.ended();
    };
    const server = serviceServer(pool, { services: PRIVATE_PAYMENTS, hmacSecrets: PRIVACY_SECRETS });
    const [payer, payee] = [await openAccount(server, "100.00"), await openAccount(server, "0")];
    const body = {
      payerAccountId: payer,
      payeeAccountId: payee,
      amount: money("1.00"),
      description: "Lunch",
    };
    const payment = idOf(await send(server, "POST /v1/payments", { body, key: crypto.randomUUID() }));
    const count = async (query: string): Promise<number> => (await pool.writer().query(query)).rowCount;
    const { rows: [account] } = await pool.writer().query<{ profile_id: string }>(
      "select profile_id from accounts where id = $1",
      [payer],
    );
    const subject = account?.profile_id ?? "";
    const described = `select from payments where id = '${payment}' and description = 'Lunch'`;
    const requested = await run("erase", "--subject", subject);
    const request = /--confirm (\S+)/.exec(requested.stdout)?.[1] ?? "";
    const confirmed = ["erase", "--subject", subject, "--confirm", request, "--insist"];

    await t.step("encrypt, in the middle", async () => {
      await pool.withTx(async (tx) => {
        // Events of a program without privacy, in more than two batches.
        await tx.query(
          `insert into events (transaction_id, stream, version, type, schema_version, data, metadata, recorded_at)
          select pg_current_xact_id(), 'payment-' || gen_random_uuid(), 1, type, schema_version,
            data - '$personal' || jsonb_build_object('description', 'Books ' || number), metadata, recorded_at
          from events cross join generate_series(1, 1200) as number where stream = 'payment-${payment}'`,
        );
      });
      const plain = "select from events where data->>'description' is not null";
      const { rows: [event] } = await pool.writer().query<{ position: bigint }>(
        "select position from events where data->>'description' = 'Books 900'",
      );
      await atGate(
        pool,
        `create trigger gate before update on events for each row
          when (new.position = ${event?.position}) execute function wait_at_gate()`,
        async (reached) => {
          await using program = start("encrypt");
          await reached();
          await program.kill();
        },
      );
      await untilAlone(pool);
      const left = await count(plain);
      assert(left > 0 && left < 1200, `${left}`);
      await pool.writer().query("drop trigger gate on events");
      assertEquals((await run("encrypt")).stdout, `Encrypted ${left} events\n`);
      assertEquals(await count(plain), 0);
      assertEquals(
        await count("select from pg_trigger where tgname = 'events_kept' and tgenabled = 'D'"),
        0,
        "Events are protected",
      );
    });
    await t.step("erase, before its commit", async () => {
      await atGate(
        pool,
        "create trigger gate before update on erasures for each row execute function wait_at_gate()",
        async (reached) => {
          await using program = start(...confirmed);
          await reached();
          await program.kill();
        },
      );
      await untilAlone(pool);
      await pool.writer().query("drop trigger gate on erasures");
      assertEquals(await count(described), 1);
      assertEquals(await count("select from subject_keys where destroyed_at is not null"), 0);
      assertEquals(await count("select from audit_log where action = 'erase'"), 0);
    });
    let receipt: string | undefined;
    await t.step("erase, after its commit and before its receipt", async () => {
      await atGate(
        pool,
        `create constraint trigger gate after update on erasures deferrable initially deferred
          for each row execute function wait_at_gate()`,
        async (reached) => {
          await using program = start(...confirmed);
          // COMMIT waits: it is carried out although the program does not see it.
          await reached();
          assertEquals((await program.kill()).stdout, "");
        },
      );
      await untilAlone(pool);
      await pool.writer().query("drop trigger gate on erasures");
      assertEquals(await count(described), 0);
      for (let time = 0; time < 2; time++) {
        const { code, stdout } = await run(...confirmed);
        assertEquals(code, 0);
        assertEquals(JSON.parse(stdout).request, request);
        assertEquals(stdout, receipt ??= stdout);
      }
      assertEquals(await count("select from audit_log where action = 'erase'"), 1);
      const { rows: [stored] } = await pool.writer().query<{ receipt: unknown }>(
        "select receipt from erasures where id = $1",
        [request],
      );
      assertEquals(JSON.parse(receipt ?? ""), stored?.receipt);
    });
    await t.step("scrub, in the middle", async () => {
      await pool.withTx(async (tx) => {
        // VACUUM FULL waits for it.
        await tx.query("lock table payments in access share mode");
        await using program = start("scrub");
        await program.untilMatch(/rewrite payments\n/, "stderr");
        const waits = "select from pg_locks where relation = 'payments'::regclass and not granted";
        while ((await tx.query(waits)).rowCount === 0) {
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        await program.kill();
      });
      await untilAlone(pool);
      const { code, stderr } = await run("scrub");
      assertEquals(code, 0, stderr);
      assertEquals(await count("select from pg_class where relname like 'pg_temp_%' and relkind = 'r'"), 0);
      assertEquals(await count(`select from payments where id = '${payment}'`), 1);
      assertEquals(await findInconsistencies(pool.writer()), []);
    });
  },
});

Deno.test({
  name: "privacy erase wins against payments and requests that wait for the same accounts",
  ignore: PRIVACY.length === 0,
  async fn(): Promise<void> {
    await using database = await useTestDatabase({ migrations: serviceMigrations(...services) });
    await using pool = openPool({ primary: database.instance, replicas: [], ...GENEROUS_TIMEOUTS });
    await using watcher = openPool({ primary: database.instance, replicas: [], ...GENEROUS_TIMEOUTS });
    const server = serviceServer(pool, { services: PRIVATE_PAYMENTS, hmacSecrets: PRIVACY_SECRETS });
    const [payer, payee] = [await openAccount(server, "100.00"), await openAccount(server, "0")];
    const { body: { data } } = await send(server, `GET /v1/accounts/${payer}`);
    const terms = {
      payeeAccountId: payee,
      payerAccountId: payer,
      amount: money("1.00"),
      description: "Lunch",
    };
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    const waiting = async (number: number): Promise<void> => {
      const text =
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      while ((await watcher.writer().query(text)).rowCount < number) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const [locked, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const holding = watcher.withTx(async (tx) => {
      await tx.query("select from accounts where id = $1 for no key update", [payer]);
      locked.resolve();
      await release.promise;
    });
    await locked.promise;
    // The first in the queue.
    const erasing = erase(pool, String(data?.["profileId"]));
    await waiting(1);
    const paying = send(server, "POST /v1/payments", { body: terms, key: crypto.randomUUID() });
    await waiting(2);
    const asking = send(server, `PUT /v1/payment-requests/${crypto.randomUUID()}`, {
      body: { ...terms, expiresAt },
    });
    await waiting(3);
    release.resolve();
    await Promise.all([holding, erasing]);
    const results = [outcome(await paying), outcome(await asking)];
    assertEquals(results, ["422 profile-deleted", "422 profile-deleted"]);
    assertEquals((await pool.writer().query("select from events where type like 'payment%'")).rowCount, 0);
  },
});
