import { assertEquals } from "@std/assert";
import { startNginx } from "@archway/tools/support/nginx/start_nginx.ts";
import { testWithNginx } from "@archway/tools/support/nginx/test_with_nginx.ts";
import { freePort } from "@archway/tools/support/free_port.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program, untilReady } from "@archway/tools/support/program.ts";
import { ContactLoad } from "../rollout/contact_load.ts";

/** Number of times that an instance is stopped and started again. */
const STOPS = 4;

/** Number of requests before each stop. */
const REQUESTS = 100;

testWithNginx(
  "archway behind nginx loses no request and no write when instances are stopped in turn",
  async () => {
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
    using load = new ContactLoad(nginx.url);
    for (let stop = 0; stop < STOPS; stop++) {
      await load.untilServed(REQUESTS);
      const index = stop % 2;
      assertEquals((await programs[index]?.stop())?.code, 0);
      programs[index] = stack.use(await start(ports[index] ?? 0));
    }
    await load.end();
    assertEquals(load.failures, []);
    assertEquals(await load.lost(), []);
  },
);
