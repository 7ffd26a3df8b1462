import { locateNats } from "./locate_nats.ts";

const missing = await locateNats() === undefined;

/**
 * A test that needs a real NATS server. Where none is installed it fails in continuous integration, which has to install
 * one; elsewhere it is left out, under a name that says why.
 */
export function testWithNats(name: string, run: () => Promise<void>): void {
  const leftOut = missing && Deno.env.get("CI") !== "true";
  Deno.test({
    name: leftOut ? `${name} (left out: no NATS server is installed)` : name,
    ignore: leftOut,
    fn: run,
  });
}
