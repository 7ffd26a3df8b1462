import { main } from "@archway/program/main.ts";
import { services } from "../../support/fixture_program/services.ts";

/** Returns the size of the objects that are left after a garbage collection, in bytes. */
function collect(): Response {
  const gc: unknown = Reflect.get(globalThis, "gc");
  // Twice, since the first one may only begin what finalizers leave.
  if (typeof gc === "function") { for (let times = 0; times < 2; times++) gc(); }
  return Response.json({ heapUsed: Deno.memoryUsage().heapUsed });
}

// The fixture program, with a port of its own that collects garbage: `deno run --v8-flags=--expose-gc`.
if (import.meta.main) {
  const { addr } = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen(): void {} }, collect);
  await Deno.stdout.write(new TextEncoder().encode(`http://127.0.0.1:${addr.port}/metrics\n`));
  await main({ name: "archway", version: "1.2.3", services }, import.meta);
}
