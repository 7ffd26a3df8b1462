import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { migrationSources } from "@archway/program/project.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { jobsModule } from "./module.ts";
import { placeOrder } from "./testing/shop/place_order.ts";

const HERE = import.meta.dirname ?? ".";

Deno.test("docs/jobs.md quotes the example verbatim", async () => {
  const guide = await Deno.readTextFile(join(HERE, "../../docs/jobs.md"));
  for (const file of ["send_receipt.ts", "module.ts", "place_order.ts"]) {
    const text = await Deno.readTextFile(join(HERE, "testing/shop", file));
    // Inside of the room, imports are relative.
    const quoted = text.replace(`"../../enqueue.ts"`, `"@archway/jobs/enqueue.ts"`);
    assertStringIncludes(guide, `\`\`\`ts\n${quoted}\`\`\`\n`, file);
  }
});

Deno.test("placeOrder() of the example enqueues a receipt once, if the order is committed", async () => {
  await using database = await useTestDatabase({ migrations: migrationSources([jobsModule]) });
  await using pool = openPool({ primary: database.instance, replicas: [] });
  const place = (orderId: string, insertOrder: () => Promise<void>): Promise<void> =>
    placeOrder(pool, { orderId, url: "http://127.0.0.1:9/" }, { insertOrder });
  await place("1", () => Promise.resolve());
  await place("1", () => Promise.resolve());
  await assertRejects(() => place("2", () => Promise.reject(new Error("planned"))), Error, "planned");
  const { rows } = await pool.writer().query<{ readonly payload: unknown }>("select payload from jobs");
  assertEquals(rows, [{ payload: { orderId: "1", url: "http://127.0.0.1:9/" } }]);
});
