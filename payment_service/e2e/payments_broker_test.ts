import { assert, assertEquals } from "@std/assert";
import { readStream } from "@archway/events/broker/testing/read_stream.ts";
import type { ConnectionPool } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { messageId } from "@archway/events/outbox/message_id.ts";
import { EVENT_COLUMNS, eventOfRow, type EventRow } from "@archway/events/outbox/outgoing_event.ts";
import { startNats } from "@archway/tools/support/nats/start_nats.ts";
import { testWithNats } from "@archway/tools/support/nats/test_with_nats.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { errorLines } from "@archway/tools/support/error_lines.ts";
import { call, createdId, openAccountAt } from "../testing/payment_calls.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { MainProgram, untilReady } from "@archway/tools/support/program.ts";

testWithNats(
  "archway settles payments during a broker outage and publishes each event once afterwards",
  async () => {
    await using nats = await startNats();
    await using database = await useTestDatabase();
    await using pool = openPool({ primary: database.instance, replicas: [], applicationName: "observer" });
    await using program = new MainProgram({
      ...postgresEnvironment(database.instance),
      MIGRATE_ON_START: "true",
      NATS_URL: nats.url,
      OUTBOX_POLL_INTERVAL: "100ms",
    });
    const url = await program.url;
    await untilReady(url);
    const [payer, payee] = [await openAccountAt(url, { balance: "100.00" }), await openAccountAt(url)];
    const payAndRefund = async (): Promise<void> => {
      const amount = { amount: "1.00", currency: "BRL" };
      const body = { payerAccountId: payer, payeeAccountId: payee, amount };
      const id = createdId(await call(url, "POST /v1/payments", { body, key: crypto.randomUUID() }));
      createdId(
        await call(url, `PUT /v1/payments/${id}/refunds/${crypto.randomUUID()}`, { body: { amount } }),
      );
    };
    await payAndRefund();
    await untilDelivered(pool, 0);
    await nats.kill();
    for (let count = 0; count < 5; count++) await payAndRefund();
    // The events have left the outbox and wait for the broker.
    await untilDelivered(pool, 10);
    assert(await nats.start());
    await payAndRefund();
    await untilDelivered(pool, 0);

    const { rows } = await pool.writer().query<EventRow>(`select ${EVENT_COLUMNS} from events as e`);
    const published = await readStream(nats, "archway");
    assertEquals(
      published.map(({ id, body }) => [id, body.id]).toSorted(),
      rows.map(eventOfRow).map((event) => [messageId(event), `${event.stream}@${event.version}`]).toSorted(),
    );
    for (const [stream, messages] of Map.groupBy(published, ({ body }) => body.id.split("@")[0])) {
      const versions = messages.map(({ body }) => Number(body.id.split("@")[1]));
      assertEquals(versions, versions.map((_, index) => index + 1), stream);
    }
    const { code, stderr } = await program.stop();
    assertEquals([code, errorLines(stderr)], [0, []]);
  },
);

/** Resolves when the outbox is empty and a number of events wait for the broker. */
async function untilDelivered(pool: ConnectionPool, waiting: number): Promise<void> {
  const sql = `select (select count(*) from outbox) as outbox,
    (select count(*) from broker_messages) as waiting`;
  while (true) {
    const { rows: [row] } = await pool.writer().query<{ outbox: bigint; waiting: bigint }>(sql);
    if (row?.outbox === 0n && Number(row.waiting) === waiting) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
