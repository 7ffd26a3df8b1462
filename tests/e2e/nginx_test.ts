import { assertEquals } from "@std/assert";
import { startNginx } from "@archway/tools/support/nginx/start_nginx.ts";
import { testWithNginx } from "@archway/tools/support/nginx/test_with_nginx.ts";
import { freePort } from "@archway/tools/support/managed_process.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program, untilReady } from "@archway/tools/support/program.ts";

/** Number of clients that send one request after the other. */
const CLIENTS = 8;

/** Number of times that an instance is stopped and started again. */
const STOPS = 4;

/** Number of requests before each stop. */
const REQUESTS = 100;

testWithNginx("archway behind nginx loses no POST when instances are stopped in turn", async () => {
  await using database = await useTestDatabase();
  const environment = {
    ...postgresEnvironment(database.instance),
    MIGRATE_ON_START: "true",
    SLOW_CLIENT_GUARD: "on",
  };
  const ports = [freePort(), freePort()];
  const start = async (port: number): Promise<Program> => {
    const program = new Program({ ...environment, PORT: String(port) });
    await untilReady(await program.url);
    return program;
  };
  await using stack = new AsyncDisposableStack();
  const programs = [stack.use(await start(ports[0] ?? 0)), stack.use(await start(ports[1] ?? 0))];
  await using nginx = await startNginx({ ports });
  using load = new Load(`${nginx.url}/v1/contacts`);
  for (let stop = 0; stop < STOPS; stop++) {
    await load.untilSent(REQUESTS);
    const index = stop % 2;
    assertEquals((await programs[index]?.stop())?.code, 0);
    programs[index] = stack.use(await start(ports[index] ?? 0));
  }
  const statuses = await load.end();
  assertEquals([...statuses.keys()], [201], JSON.stringify([...statuses]));
});

/** Clients that create contacts without a pause. */
class Load implements Disposable {
  readonly #statuses = new Map<number, number>();
  readonly #clients: Promise<void>[] = [];
  #sent = 0;
  #ended = false;

  constructor(url: string) {
    for (let client = 0; client < CLIENTS; client++) this.#clients.push(this.#send(url));
  }

  /** Waits for a number of further responses. */
  async untilSent(count: number): Promise<void> {
    const sent = this.#sent + count;
    while (this.#sent < sent) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  /** Ends it and returns the number of responses by status. */
  async end(): Promise<ReadonlyMap<number, number>> {
    this.#ended = true;
    await Promise.all(this.#clients);
    return this.#statuses;
  }

  [Symbol.dispose](): void {
    this.#ended = true;
  }

  async #send(url: string): Promise<void> {
    while (!this.#ended) {
      const { status, body } = await fetch(url, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: '{"name":"Ada"}',
      });
      await body?.cancel();
      this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
      this.#sent++;
    }
  }
}
