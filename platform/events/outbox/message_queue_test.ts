import { assert, assertEquals } from "@std/assert";
import { DATABASE_NAMES, openEventDatabase } from "../testing/event_databases.ts";
import { MessageQueue } from "./message_queue.ts";
import { appendEvents } from "./testing/append_events.ts";

for (const name of DATABASE_NAMES) {
  Deno.test(`MessageQueue.take() passes thousands of streams that it cannot publish, each once (${name})`, async () => {
    await using database = await openEventDatabase(name);
    const { pool } = database;
    const unpublishable = Array.from({ length: 2_500 }, (_, index) => ({ stream: `lost-${index}` }));
    await appendEvents(pool, [{ stream: "lost-0" }, ...unpublishable, { stream: "fine" }, {
      stream: "lost-0",
    }]);
    let refused = 0;
    const queue = new MessageQueue("outbox", {
      toMessage({ stream }): string {
        if (stream !== "fine") throw new Error("Unknown schema version");
        return stream;
      },
      onUnpublishable: () => void refused++,
    });
    const taken: string[] = [];
    for (let scanned = 1; scanned > 0;) {
      await pool.withTx(async (tx) => {
        const next = await queue.take(tx, 200);
        scanned = next.scanned;
        taken.push(...next.messages.map(({ message }) => message));
        await queue.remove(tx, next.messages);
      });
      assert(queue.backingOff <= 1_000);
    }
    assertEquals([taken, refused], [["fine"], 2_500]);
    // A stream that begins behind them is not skipped.
    await appendEvents(pool, [{ stream: "lost-0" }, { stream: "fine" }]);
    const { messages } = await pool.withTx((tx) => queue.take(tx, 200));
    assertEquals(messages.map(({ message }) => message), ["fine"]);
  });
}
