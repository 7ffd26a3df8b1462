import { assertEquals } from "@std/assert";
import { v7 as newId } from "uuid";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { EncryptionKeyRing } from "@archway/service_kit/signing.ts";
import { microsecondClock } from "@archway/db/timestamp.ts";
import { EVENT_MIGRATIONS } from "../../testing/event_databases.ts";
import { testCatalog } from "../../testing/test_catalog.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { openWebhookService } from "./open_webhook_service.ts";
import { DomainError } from "@archway/service_kit/domain_error.ts";

const EVENT_TYPES = Object.keys(testCatalog().types);

Deno.test("create() enforces the limit of an owner's webhooks under concurrent requests", async () => {
  await using database = await useTestDatabase({ migrations: EVENT_MIGRATIONS });
  const open = (): ReturnType<typeof openPool> =>
    openPool({ primary: { ...database.instance, maxConnections: 10 }, replicas: [], ...GENEROUS_TIMEOUTS });
  // Pools of two processes.
  await using first = open();
  await using second = open();
  const secrets = new EncryptionKeyRing(["a secret of more than 32 bytes for a test"], "webhook secret");
  const services = [first, second].map((pool) =>
    openWebhookService(pool, {
      secrets,
      eventTypes: EVENT_TYPES,
      allowPrivate: true,
      now: microsecondClock(),
      newId,
    })
  );
  const input = { url: "http://127.0.0.1:8080/", eventTypes: ["order.placed"] };
  for (const owner of ["ada", null]) {
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, () => services).flat().map(async (service) => {
        try {
          await service.create(input, { owner });
          return "created";
        } catch (error) {
          if (error instanceof DomainError) return error.code;
          throw error;
        }
      }),
    );
    assertEquals(outcomes.filter((outcome) => outcome === "created").length, 20);
    assertEquals(outcomes.filter((outcome) => outcome === "too-many-webhooks").length, 40);
  }
});
