import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { connectNats } from "@archway/events/connect_nats.ts";
import type { ConnectionPool } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { fromRoot } from "@archway/program/project.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { locateNats } from "@archway/tools/support/nats/locate_nats.ts";
import { startNats } from "@archway/tools/support/nats/start_nats.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { MainProgram, Program } from "@archway/tools/support/program.ts";
import { makePayments } from "../testing/make_payments.ts";
import { PAYMENT_MIGRATIONS } from "../testing/payment_program.ts";
import { send } from "./load_clickhouse.ts";
import { QUESTIONS } from "./questions.ts";
import { startClickhouse, testWithClickhouse } from "./testing/start_clickhouse.ts";

const CONSUMER = fromRoot(join(import.meta.dirname ?? "", "consume_clickhouse.ts"));

/** Volume by day and currency, as the question for PostgreSQL returns it. */
const VOLUME = `select toString(toDate(recorded_at)) as day, currency, toString(count()) as payments,
    toString(toInt64(sum(amount) * if(currency = 'JPY', 1, 100))) as total_minor
  from payment_events final where type = 'payment.settled' group by 1, 2 order by 1, 2 format JSONEachRow`;

/** Proxy in front of ClickHouse, which calls back when an insert has succeeded, and before it responds. */
function startProxy(url: string, onInserted: () => Promise<void>): Deno.HttpServer<Deno.NetAddr> {
  const options = { hostname: "127.0.0.1", port: 0, onListen: (): void => {} };
  return Deno.serve(options, async (request) => {
    const { search, searchParams } = new URL(request.url);
    const response = await fetch(url + search, { method: "POST", body: await request.arrayBuffer() });
    const body = await response.arrayBuffer();
    const isInsert = searchParams.get("query")?.startsWith("insert into payment_events") === true;
    if (isInsert && response.ok) await onInserted();
    return new Response(body, { status: response.status });
  });
}

async function untilPublished(pool: ConnectionPool): Promise<void> {
  const sql = "select (select count(*) from outbox) + (select count(*) from broker_messages) as left";
  for (;;) {
    const { rows: [row] } = await pool.writer().query<{ left: unknown }>(sql);
    if (Number(row?.left) === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const hasNats = await locateNats() !== undefined;

testWithClickhouse(
  "consumeClickhouse() counts each payment once, wherever it is killed, and leaves out messages that are none",
  async () => {
    if (!hasNats) return;
    await using nats = await startNats();
    await using database = await useTestDatabase({ migrations: PAYMENT_MIGRATIONS });
    await using pool = openPool({ primary: database.instance, replicas: [], ...GENEROUS_TIMEOUTS });
    await makePayments(pool);
    {
      const environment = { ...postgresEnvironment(database.instance), MIGRATE_ON_START: "true" };
      await using _publisher = new MainProgram({ ...environment, NATS_URL: nats.url }, ["worker"]);
      await untilPublished(pool);
    }
    const server = `127.0.0.1:${nats.port}`;
    const connection = await connectNats({ servers: [server], tls: undefined }, {
      name: "test",
      timeoutMs: 30_000,
    });
    const poison = {
      type: "payment.settled",
      timestamp: "2026-11-30T00:00:00Z",
      data: {
        ...{ paymentId: crypto.randomUUID(), payerAccountId: crypto.randomUUID() },
        ...{ payeeAccountId: crypto.randomUUID(), amount: { currency: "BRL", amount: "1".repeat(60) } },
      },
    };
    for (const body of ["no JSON", "{}", JSON.stringify(poison)]) {
      connection.publish("archway.payment.settled", body);
    }
    await connection.flush();
    await connection.close();

    const folder = await Deno.makeTempDir({ prefix: "archway_clickhouse_" });
    await using clickhouse = await startClickhouse(join(folder, "engine"));
    let consumer: Program | undefined;
    let [inserts, kills] = [0, 0];
    await using proxy = startProxy(clickhouse.target.url, async () => {
      // After the rows, before their acknowledgement.
      if (++inserts % 2 !== 0 || kills === 3) return;
      kills++;
      await consumer?.kill();
    });
    const args = ["--nats", server, "--clickhouse", `http://127.0.0.1:${proxy.addr.port}`];
    const options = { main: CONSUMER, fromSource: true, permissions: "test" };
    const ask = async (query: string): Promise<string> => (await send(clickhouse.target, query)).trim();
    const events = "type in ('deposit.settled', 'payment.settled', 'payment.refunded')";
    const { rows: [count] } = await pool.writer().query<{ n: unknown }>(
      `select count(*) as n from events where ${events}`,
    );
    const expected = String(count?.n);
    const isDone = async (): Promise<boolean> =>
      await ask("select count() from payment_events final") === expected &&
      await ask("select count() from rejected_messages final") === "3";
    for (let life = 0; life <= 3; life++) {
      await using running = new Program({}, [...args, "--batch", "7", "--ack-wait-ms", "500"], options);
      consumer = running;
      let ended = false;
      void running.ended().then(() => ended = true);
      while (!ended && !(life === 3 && await isDone())) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      const { code, stderr } = ended ? await running.ended() : await running.stop();
      assertEquals([code, stderr], [life < 3 ? 137 : 0, ""]);
    }
    assertEquals([kills, await isDone()], [3, true]);
    // Some were delivered twice, so that the first row is not the only one.
    const rows = Number(await ask("select count() from payment_events"));
    assert(rows >= Number(expected), `${rows} rows of ${expected} events`);
    const volume: readonly object[] = (await ask(VOLUME)).split("\n").map((line) => JSON.parse(line));
    const { rows: asked } = await pool.writer().query(QUESTIONS[0]?.postgres ?? "");
    assertEquals<readonly object[]>(volume, asked);
    const reasons = (await ask("select reason from rejected_messages final")).split("\n");
    assertEquals(reasons.filter((reason) => reason.includes("Code: ")).length, 1, reasons.join());
    await Deno.remove(folder, { recursive: true });
  },
);
