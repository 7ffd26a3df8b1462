import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import type { Server } from "@archway/server/server.ts";
import { databasesWith } from "@archway/tools/support/databases_with.ts";
import { serviceServer } from "@archway/tools/support/service_server.ts";
import { serviceMigrations } from "@archway/tools/support/service_databases.ts";
import { paymentModule } from "../module.ts";
import { findInconsistencies } from "../testing/find_inconsistencies.ts";
import { dataOf, idOf, outcome, send } from "../testing/payment_client.ts";
import {
  DOCUMENT,
  payment,
  type Person,
  person,
  request,
  storedTexts,
} from "../testing/personal_payments.ts";
import { erase, PRIVACY, privacy, PRIVACY_SECRETS, PRIVATE_PAYMENTS } from "../testing/privacy_calls.ts";

const NAME = "Quillon Vexworth";

/** Erases a person whose events were stored in plain text, and encrypts those of others. */
async function encryptEarlierEvents(pool: ConnectionPool): Promise<void> {
  // A program without privacy.
  const before = serviceServer(pool, {
    services: PRIVATE_PAYMENTS.filter((one) => !PRIVACY.includes(one)),
  });
  const [erased, other] = [await person(before, { name: NAME }), await person(before, { name: "Ada" })];
  const unrelated = await person(before, { name: "Grace" });
  const pay = async (from: Person, to: Person, description: string | null): Promise<string> =>
    idOf(
      await send(before, "POST /v1/payments", {
        body: payment(from, to, description),
        key: crypto.randomUUID(),
      }),
    );
  const about = await pay(erased, other, DOCUMENT);
  const kept = await pay(other, unrelated, "Books");
  await pay(other, unrelated, null);
  const plain = async (): Promise<number> =>
    (await pool.writer().query("select from events where data->>'description' is not null")).rowCount;
  assertEquals(await plain(), 2);
  // Encrypts the events of the person first.
  await erase(pool, erased.profile);
  assertEquals(await plain(), 1);
  assertEquals((await privacy(pool, "encrypt")).output, "Encrypted 1 events\n");
  assertEquals((await privacy(pool, "encrypt")).output, "Encrypted 0 events\n");
  assertEquals(await plain(), 0);
  const texts = await storedTexts(pool);
  assert(!texts.includes(DOCUMENT) && !texts.includes(NAME));
  const after = serviceServer(pool, { services: PRIVATE_PAYMENTS, hmacSecrets: PRIVACY_SECRETS });
  const descriptionsOf = async (id: string): Promise<unknown> =>
    (await send(after, `GET /v1/payments/${id}/events`)).body.data?.map(({ data }) =>
      Object(data).description
    );
  assertEquals([await descriptionsOf(about), await descriptionsOf(kept)], [[null], ["Books"]]);
  // Events are as protected as before.
  await assertRejects(() => pool.writer().query("update events set data = '{}'"), DatabaseError);
  assertEquals(await findInconsistencies(pool.writer()), []);
}

/** Erases a person who is only known since a revision, and by an item of a batch that waits. */
async function eraseLaterPayer(pool: ConnectionPool, server: Server): Promise<void> {
  const [payee, payer] = [
    await person(server, { name: "Ada" }),
    await person(server, { name: "Ev\u009b31mil" }),
  ];
  // Its response does not mention the payer.
  const keyed = { body: request(payee), key: crypto.randomUUID() };
  const created = await send(server, "POST /v1/payment-requests", keyed);
  assertEquals(dataOf(created)["description"], DOCUMENT);
  const revision = request(payee, { payerAccountId: payer.account });
  const revised = await send(server, `PUT /v1/payment-requests/${idOf(created)}`, {
    headers: { "If-Match": "*" },
    body: revision,
  });
  assertEquals(revised.status, 200, revised.text);
  const batch = { body: { requests: [revision] }, key: crypto.randomUUID() };
  assertEquals((await send(server, "POST /v1/payment-request-batches", batch)).status, 202);
  const { output } = await privacy(pool, "export", "--subject", payer.profile);
  const { records }: { records: { table: string; data: Record<string, unknown> }[] } = JSON.parse(output);
  const of = (table: string): readonly Record<string, unknown>[] =>
    records.filter((one) => one.table === table).map(({ data }) => data);
  assertEquals(of("payment_request_batch_items").map(({ terms }) => Object(terms).description), [DOCUMENT]);
  assert(of("idempotency_keys").some(({ body }) => String(body).includes(DOCUMENT)));
  assertEquals([of("profiles")[0]?.["name"], output.includes("\u009b")], ["Ev\u009b31mil", false]);
  await erase(pool, payer.profile);
  assertEquals(
    outcome(await send(server, "POST /v1/payment-requests", keyed)),
    "422 idempotency-key-expired",
  );
}

for (const [name, open] of Object.entries(databasesWith(serviceMigrations(...PRIVACY, paymentModule)))) {
  Deno.test({
    name: `privacy erases a person who pays since a revision, or whom a waiting batch asks, on ${name}`,
    ignore: PRIVACY.length === 0,
    async fn(): Promise<void> {
      await using database = await open();
      const { pool } = database;
      const server = serviceServer(pool, { services: PRIVATE_PAYMENTS, hmacSecrets: PRIVACY_SECRETS });
      await eraseLaterPayer(pool, server);
    },
  });
  Deno.test({
    name: `privacy encrypts events from before, those of the person first, on ${name}`,
    ignore: PRIVACY.length === 0,
    async fn(): Promise<void> {
      await using database = await open();
      await encryptEarlierEvents(database.pool);
    },
  });
}
