import { assertEquals, assertRejects } from "@std/assert";
import { v7 as newId } from "uuid";
import { EncryptionKeyRing } from "@archway/service_kit/signing.ts";
import { BatchTooLargeError } from "../../outbox/destination.ts";
import { StreamQueue } from "../../outbox/stream_queue.ts";
import { appendEvents } from "../../outbox/testing/append_events.ts";
import { openEventDatabase } from "../../testing/event_databases.ts";
import { testCatalog } from "../../testing/test_catalog.ts";
import { addEndpoint } from "../testing/add_endpoint.ts";
import { newSigningSecret } from "./signing_secret.ts";
import { WebhookDestination } from "./webhook_destination.ts";

Deno.test("WebhookDestination.accept() creates a bounded number of deliveries, or all those of one event", async () => {
  await using database = await openEventDatabase();
  const { pool } = database;
  const secrets = new EncryptionKeyRing(["a secret of more than 32 bytes for a test"], "webhook secret");
  for (let index = 0; index < 6; index++) {
    await addEndpoint(pool, secrets, {
      url: "http://127.0.0.1:9/",
      secret: newSigningSecret(),
      owner: "ann",
    });
  }
  await appendEvents(
    pool,
    ["one", "two"].map((stream) => ({ stream, data: { buyer: "ann", seller: "ann" } })),
  );
  const destination = new WebhookDestination({
    ...{ nowMs: Date.now, newId, onDeliveries: () => {}, maxDeliveries: 5 },
    findRecipients: testCatalog().recipients,
  });
  const accept = (events: number): Promise<boolean> =>
    pool.withTx(async (tx) =>
      await destination.accept(tx, (await new StreamQueue("outbox").take(tx, 10)).slice(0, events))
    );
  await assertRejects(() => accept(2), BatchTooLargeError);
  assertEquals(await accept(1), true);
  const { rows } = await pool.writer().query<{ count: bigint }>("select count(*) from webhook_deliveries");
  assertEquals(rows, [{ count: 6n }]);
});
