import { assertEquals } from "@std/assert";
import { SILENT_LOGGER } from "@archway/server/logger.ts";
import { openSupervisor } from "./supervisor.ts";

/** Whether the system has sockets of datagrams with abstract addresses. */
const isLinux = Deno.build.os === "linux";

Deno.test({
  name: "openSupervisor() sends states and signs of life to a path and to an abstract address",
  ignore: !isLinux,
  async fn(): Promise<void> {
    const folder = await Deno.makeTempDir({ prefix: "archway_notify_" });
    const name = `archway-test-${crypto.randomUUID()}`;
    for (const [socket, path] of [[`${folder}/notify`, `${folder}/notify`], [`@${name}`, `\0${name}`]]) {
      if (socket === undefined || path === undefined) continue;
      const received = Deno.listenDatagram({ transport: "unixpacket", path });
      using supervisor = openSupervisor({ socket, watchdogMs: 20 }, SILENT_LOGGER);
      await supervisor.notify("READY=1");
      const texts = [];
      for (let count = 0; count < 3; count++) {
        const [bytes] = await received.receive();
        texts.push(new TextDecoder().decode(bytes));
      }
      assertEquals(texts, ["READY=1", "WATCHDOG=1", "WATCHDOG=1"]);
      received.close();
    }
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test("openSupervisor() logs a failure once and continues", async () => {
  const warnings: string[] = [];
  const logger = { ...SILENT_LOGGER, warn: (message: string): void => void warnings.push(message) };
  using supervisor = openSupervisor({ socket: "/nowhere/notify", watchdogMs: undefined }, logger);
  await supervisor.notify("READY=1");
  await supervisor.notify("STOPPING=1");
  assertEquals(warnings, ["Supervisor not notified: {reason}"]);
});
