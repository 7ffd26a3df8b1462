import { assertEquals } from "@std/assert";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program, untilReady } from "@archway/tools/support/program.ts";

Deno.test({
  name: "archway notifies systemd that it is ready, alive and stopping",
  ignore: Deno.build.os !== "linux",
  async fn(): Promise<void> {
    await using database = await useTestDatabase();
    const folder = await Deno.makeTempDir({ prefix: "archway_notify_" });
    const path = `${folder}/socket`;
    const received = Deno.listenDatagram({ transport: "unixpacket", path });
    const next = async (): Promise<string> => new TextDecoder().decode((await received.receive())[0]);
    const environment = {
      ...postgresEnvironment(database.instance),
      MIGRATE_ON_START: "true",
      NOTIFY_SOCKET: path,
      WATCHDOG_USEC: "200000",
    };
    await using program = new Program(environment);
    const states = new Set<string>();
    while (!states.has("READY=1") || !states.has("WATCHDOG=1")) states.add(await next());
    await untilReady(await program.url);
    const stopping = (async (): Promise<void> => {
      while (await next() !== "STOPPING=1");
    })();
    assertEquals((await program.stop()).code, 0);
    await stopping;
    received.close();
    await Deno.remove(folder, { recursive: true });
  },
});
