import { assert, assertEquals } from "@std/assert";
import postgres from "postgres";
import type { PostgresServer } from "@archway/tools/support/postgres/postgres_server.ts";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { startStandby } from "@archway/tools/support/postgres/start_standby.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program, untilReady } from "@archway/tools/support/program.ts";

Deno.test("archway rejects writes with 503 without a primary, and continues with the next one", async () => {
  await using primary = await startPostgres({ durable: true });
  await using standby = await startStandby(primary, { durable: true });
  await using program = new Program({
    ...postgresEnvironment(primary.instance),
    POSTGRES_PRIMARY_HOST: `${primary.instance.host},${standby.instance.host}`,
    POSTGRES_REPLICA_0_HOST: standby.instance.host,
    MIGRATE_ON_START: "true",
    // Disabled, so that a slow machine does not shed load.
    ADMISSION_MAX_DELAY: "0s",
  });
  const url = await program.url;
  await untilReady(url);
  await waitForStandby(primary);
  const created: string[] = [];
  for (let number = 0; number < 50; number++) created.push((await create(url)).location);

  await primary.kill();
  const refused = await create(url);
  assertEquals([refused.status, refused.type], [503, "application/problem+json"]);
  const clients = Array.from({ length: 4 }, async () => {
    const refusals: string[] = [];
    while (true) {
      const { status, location, retryAfter, problem } = await create(url);
      if (status === 201) {
        created.push(location);
        return refusals;
      }
      assertEquals(status, 503);
      // Retry-After allows automatic retries, except where the first request may have succeeded.
      assertEquals(retryAfter, problem === "outcome-unknown" ? null : "1");
      refusals.push(problem);
    }
  });
  // Reads continue on the replica.
  assertEquals(await statusOf(url + created[0]), 200);
  await standby.promote();
  const refusals = (await Promise.all(clients)).flat();
  const known = ["database-unavailable", "outcome-unknown"];
  assert(refusals.every((problem) => known.includes(problem)), String(refusals));
  const statuses = await Promise.all(created.map((path) => statusOf(url + path)));
  assertEquals(statuses.filter((status) => status !== 200), []);
  assertEquals((await program.stop()).code, 0);
});

/** Makes every commit wait for the standby. */
async function waitForStandby({ instance }: PostgresServer): Promise<void> {
  const { host, port, user, database } = instance;
  const sql = postgres({ host, port, user, database, max: 1 });
  await sql`ALTER SYSTEM SET synchronous_standby_names = '*'`;
  await sql`SELECT pg_reload_conf()`;
  while ((await sql`SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'`).length === 0);
  await sql.end();
}

interface Created {
  readonly status: number;
  readonly type: string | null;
  readonly location: string;
  readonly retryAfter: string | null;
  /** Last part of the problem type. */
  readonly problem: string;
}

async function create(url: string): Promise<Created> {
  const response = await fetch(`${url}/v1/contacts`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name: "Ada" }),
  });
  const body: { readonly type?: string } = await response.json();
  return {
    status: response.status,
    type: response.headers.get("Content-Type"),
    location: response.headers.get("Location") ?? "",
    retryAfter: response.headers.get("Retry-After"),
    problem: body.type?.split("/").at(-1) ?? "",
  };
}

async function statusOf(url: string): Promise<number> {
  const response = await fetch(url);
  await response.body?.cancel();
  return response.status;
}
