import { assert, assertEquals } from "@std/assert";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { startStandby } from "@archway/tools/support/postgres/start_standby.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program, untilReady } from "@archway/tools/support/program.ts";

/** Location of a contact, and the consistency token of the response. */
interface Written {
  readonly path: string;
  readonly token: string;
}

Deno.test("archway reads in one process what another one wrote, despite failures of servers", async () => {
  await using primary = await startPostgres({ durable: true });
  await using standby = await startStandby(primary);
  await using writes = await start({
    ...postgresEnvironment(primary.instance),
    MIGRATE_ON_START: "true",
    CONSISTENCY_POSITIONS: "true",
  });
  await using reads = await start({
    ...postgresEnvironment(primary.instance),
    POSTGRES_REPLICA_0_HOST: standby.instance.host,
    MIGRATE_ON_START: "true",
    // While the primary is lost, only the replica can serve the read; a slow machine must not exceed the timeout.
    CONSISTENCY_MAX_WAIT: "2s",
    POSTGRES_REPLICA_MAX_LAG: "10m",
    POSTGRES_REPLICA_PATIENCE: "30s",
  });
  await standby.catchUp(primary);
  await untilReplicaReads(reads.url);

  // A process without replicas need not read positions: its tokens make others read from the primary.
  await using plain = await start(postgresEnvironment(primary.instance));
  await standby.pauseReplay();
  const elsewhere = await create(plain.url);
  assertEquals(await statusOf(reads.url + elsewhere.path), 404);
  assertEquals(await statusOf(reads.url + elsewhere.path, elsewhere.token), 200);
  assertEquals((await create(plain.url)).token, elsewhere.token);
  await standby.resumeReplay();

  // Immediately and repeatedly: without the token, some of these would be 404.
  for (let round = 0; round < 50; round++) {
    const { path, token } = await create(writes.url);
    assertEquals(await statusOf(reads.url + path, token), 200);
  }

  // While replay is paused, the primary takes the read; without the token, the replica does.
  await standby.pauseReplay();
  const late = await create(writes.url);
  assertEquals(await statusOf(reads.url + late.path), 404);
  assertEquals(await statusOf(reads.url + late.path, late.token), 200);
  assertEquals(await statusOf(`${reads.url}/v1/contacts`, late.token), 200);

  // After replay, the primary is not needed.
  await standby.resumeReplay();
  await standby.catchUp(primary);
  await primary.kill();
  assertEquals(await statusOf(reads.url + late.path, late.token), 200);

  // No replica has replayed the position, and no older state is returned.
  await primary.start();
  await untilReady(writes.url);
  // Requests right after a failure may fail, too; the service has found the primary again when a read succeeds.
  while (await statusOf(writes.url + late.path) !== 200) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await standby.pauseReplay();
  const lost = await create(writes.url);
  await primary.kill();
  assertEquals(await statusOf(reads.url + lost.path, lost.token), 503);

  // After a failover, earlier tokens are valid with the new primary.
  await standby.resumeReplay();
  await standby.promote();
  await using after = await start({
    ...postgresEnvironment(standby.instance),
    POSTGRES_REPLICA_0_HOST: standby.instance.host,
  });
  await untilReplicaReads(after.url);
  assertEquals(await statusOf(after.url + late.path, late.token), 200);
  const written = await create(after.url);
  assertEquals(await statusOf(after.url + written.path, written.token), 200);

  await using foreign = await start({
    ...postgresEnvironment(standby.instance),
    HMAC_SECRET: "another secret of more than 32 bytes for a test",
  });
  assertEquals(await statusOf(foreign.url + written.path, written.token), 400);
});

interface Running extends AsyncDisposable {
  readonly url: string;
}

async function start(environment: Readonly<Record<string, string>>): Promise<Running> {
  const program = new Program(environment);
  const url = await program.url;
  await untilReady(url);
  return { url, [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
}

/** Waits until the replica takes reads. */
async function untilReplicaReads(url: string): Promise<void> {
  while (true) {
    const response = await fetch(`${url}/readyz`);
    const { status } = await response.json();
    if (status === "ok") return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function create(url: string): Promise<Written> {
  const response = await fetch(`${url}/v1/contacts`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name: "Ada" }),
  });
  await response.body?.cancel();
  const path = response.headers.get("Location");
  const token = response.headers.get("Consistency-Token");
  assert(path !== null && token !== null, `Creating a contact failed with ${response.status}`);
  return { path, token };
}

async function statusOf(url: string, token?: string): Promise<number> {
  const response = await fetch(url, token === undefined ? {} : { headers: { "Consistency-Token": token } });
  await response.body?.cancel();
  return response.status;
}
