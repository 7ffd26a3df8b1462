import { assertEquals } from "@std/assert";
import { OtlpCollector } from "@archway/tools/support/otlp_collector.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program, untilReady } from "@archway/tools/support/program.ts";
import { EVENT_MIGRATIONS } from "../testing/event_databases.ts";
import { SHOP_PROGRAM } from "../testing/shop_program.ts";

Deno.test("archway exports metrics of published events if the events module is listed", async () => {
  await using database = await useTestDatabase({ migrations: EVENT_MIGRATIONS });
  await using collector = new OtlpCollector();
  await using program = new Program(
    { ...postgresEnvironment(database.instance), ...collector.environment },
    [],
    { main: SHOP_PROGRAM },
  );
  await untilReady(await program.url);
  await collector.until(({ name }) => name === "archway.outbox.depth");
  assertEquals((await program.stop()).code, 0);
  const names = new Set([...collector.series.values()].map(({ name }) => name));
  assertEquals(
    [...names].filter((name) => /^archway\.(?:broker|outbox|webhook|worker)\./.test(name)).toSorted(),
    [
      "archway.broker.messages",
      "archway.outbox.age",
      "archway.outbox.depth",
      "archway.outbox.relayed",
      "archway.webhook.attempts",
      "archway.webhook.deliveries",
      "archway.worker.failures",
    ],
  );
});
