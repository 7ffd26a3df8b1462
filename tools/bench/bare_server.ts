import { openDriver } from "@archway/db/postgres/connection/open_driver.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { bareHandler } from "./bare_handler.ts";

// A process of its own: `deno run bare_server.ts <InstanceConfig as JSON>`. It ends when its input does.
if (import.meta.main) {
  const instance: InstanceConfig = JSON.parse(Deno.args[0] ?? "");
  // The service's own way to the driver, so that both have the same options and the same column parsers.
  await using stack = new AsyncDisposableStack();
  const sql = stack.adopt(openDriver(instance, {}), (driver) => driver.end());
  const options = { hostname: "127.0.0.1", port: 0, onListen: announce };
  stack.use(Deno.serve(options, bareHandler(sql)));
  while (await Deno.stdin.read(new Uint8Array(64)) !== null);
}

function announce({ hostname, port }: Deno.NetAddr): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`Listening on http://${hostname}:${port}\n`));
}
