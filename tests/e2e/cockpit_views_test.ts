import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { browse } from "@archway/tools/support/browser/browse.ts";
import { locateProgram } from "@archway/tools/support/locate_program.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { MainProgram, untilReady } from "@archway/tools/support/program.ts";
import { services } from "../../services.ts";

const SESSION = join(import.meta.dirname ?? ".", "cockpit_views_session.ts");
const executable = await locateProgram("chromium");

function has(name: string): boolean {
  return services.some((service) => service.name === name);
}

/** Event that a service of the program publishes, as a webhook asks for it. */
const [eventType] = services.flatMap(({ events }) => Object.keys(events?.types ?? {}));

const JOB = `insert into jobs (id, kind, priority, payload, created_at, due_at, scheduled_at)
  values (gen_random_uuid(), 'test.unknown', 1, '{}', now(), now() + interval '1 day', now())`;

/** Makes an event and a delivery of it that has failed for good. */
const DELIVERY = `with event as (
    insert into events (stream, version, type, data, metadata, recorded_at)
    values ('test', 1, $1, '{}', '{}', now()) returning position
  )
  insert into webhook_deliveries
    (id, endpoint_id, position, stream, state, attempts, last_status, last_error, created_at, attempted_at, settled_at)
  select gen_random_uuid(), w.id, position, 'test', 'dead', 21, 500, 'status', now(), now(), now()
  from event, webhook_endpoints as w`;

Deno.test({
  name: "archway shows jobs and webhooks to developers, and runs and delivers them again",
  ignore: !has("cockpit") || !(has("jobs") || has("events")) || executable === undefined,
  fn: async () => {
    await using database = await useTestDatabase();
    await using pool = openPool({ primary: database.instance, replicas: [] });
    await using program = new MainProgram({
      ...postgresEnvironment(database.instance),
      ...{ AUTH_MODE: "none", MIGRATE_ON_START: "true", COCKPIT: "true", ADMIN_PORT: "0" },
      // A program without events does not know the setting.
      ...(has("events") && { WEBHOOK_ALLOW_PRIVATE: "true" }),
    });
    const url = await program.url;
    await untilReady(url);
    const admin = new URL(await program.metricsUrl).origin;
    if (has("jobs")) {
      await pool.writer().query(JOB);
      const seen = await browse(admin, { session: SESSION, scenario: "runJob", executable });
      assertMatch(String(seen["before"]), /^test\.unknown\s+waiting\s+normal\s+0\s/);
      assertEquals(seen["violations"], []);
      const due = "select from jobs where kind = 'test.unknown' and due_at < now()";
      assertEquals((await pool.writer().query(due)).rowCount, 1);
    }
    if (has("events") && eventType !== undefined) {
      const response = await fetch(`${url}/v1/webhooks`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ url: `${admin}/_dev/inbox/test`, eventTypes: [eventType] }),
      });
      assertEquals(response.status, 201, await response.text());
      await pool.writer().query(DELIVERY, [eventType]);
      const seen = await browse(admin, { session: SESSION, scenario: "deliver", executable });
      assertStringIncludes(String(seen["events"]), eventType);
      assert(/\sdead\s+21\s+500 status\s/.test(String(seen["before"])), String(seen["before"]));
      assertMatch(String(seen["received"]), /\sPOST \d+ characters\s.*\sValid\s+204$/);
      assertEquals(seen["violations"], []);
    }
  },
});
