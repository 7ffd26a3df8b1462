import { bindDatagram, systemPath } from "../../bind_datagram.ts";

/**
 * Process of a test that a WorkerGroup starts, with no service in it. Its first argument is its behavior: "ready" until it
 * is stopped, or "stubborn", which does not stop.
 */
async function main([behavior]: readonly string[]): Promise<void> {
  // It stops at the end of its input, or not at all.
  Deno.addSignalListener("SIGTERM", () => {});
  const bound = bindDatagram((error) => {
    throw error;
  });
  const path = systemPath(Deno.env.get("NOTIFY_SOCKET") ?? "");
  for (const state of ["X_LISTENING=1\nX_METRICS=", "READY=1"]) {
    await bound?.socket.send(new TextEncoder().encode(state), { transport: "unixpacket", path });
  }
  await Deno.stdin.readable.pipeTo(new WritableStream());
  if (behavior === "stubborn") setInterval(() => {}, 1_000);
  else Deno.exit();
}

await main(Deno.args);
