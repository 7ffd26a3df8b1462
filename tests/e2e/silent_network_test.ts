import { assert, assertEquals } from "@std/assert";
import { NetworkNamespace, testWithNetworkNamespace } from "@archway/tools/support/network_namespace.ts";
import { SilentProxy } from "@archway/tools/support/postgres/silent_proxy.ts";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { startStandby } from "@archway/tools/support/postgres/start_standby.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program } from "@archway/tools/support/program.ts";

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

testWithNetworkNamespace(
  "archway writes to the next primary when packets to the former one are dropped and its name moves",
  async () => {
    await using namespace = await NetworkNamespace.create();
    const [web, first, second] = [await namespace.link(), await namespace.link(), await namespace.link()];
    await using primary = await startPostgres({ durable: true });
    await using standby = await startStandby(primary, { durable: true });
    await using former = new SilentProxy(primary.instance, first.outer, 15432);
    await using next = new SilentProxy(standby.instance, second.outer, 15432);
    await namespace.resolve({ "db.test": first.outer });
    await using program = new Program(
      {
        ...postgresEnvironment({ ...former.instance, host: "db.test" }),
        HOST: web.inner,
        PORT: "18080",
        MIGRATE_ON_START: "true",
        ADMISSION_MAX_DELAY: "0s",
        POSTGRES_ACQUIRE_TIMEOUT: "3s",
        POSTGRES_QUEUE_TIMEOUT: "3s",
      },
      [],
      { networkNamespace: namespace.name },
    );
    await program.untilWritten("18080");
    const url = `http://${web.inner}:18080`;
    while (!await isReady(url)) await pause();
    const many = (): Promise<readonly Reply[]> => Promise.all(Array.from({ length: 12 }, () => create(url)));
    // A busy machine may take longer than the timeout to open all connections.
    while ((await many()).some(({ status }) => status !== 201)) await pause();
    await standby.catchUp(primary);

    await first.drop();
    const stuck = many();
    while (await isReady(url)) await pause();
    await standby.promote();
    await namespace.resolve({ "db.test": second.outer });
    // No restart, no quarter of an hour: writes succeed again, and from the moment on at which it says so.
    while (!await isReady(url)) await pause();
    const replies = await many();
    assertEquals(replies.map(({ status }) => status), Array.from({ length: 12 }, () => 201));
    // Those that waited for a connection may have got one to the next primary.
    const ended = await stuck;
    assertEquals(ended.filter(({ status }) => status !== 503 && status !== 201), []);
    assert(ended.some(({ status }) => status === 503));
    assertEquals(next.instance.port, 15432);
  },
);

async function create(url: string): Promise<Reply> {
  const response = await fetch(`${url}/v1/contacts`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name: "Ada" }),
  });
  return { status: response.status, body: await response.json() };
}

async function isReady(url: string): Promise<boolean> {
  const response = await fetch(`${url}/readyz`);
  await response.body?.cancel();
  return response.ok;
}

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 50));
}
