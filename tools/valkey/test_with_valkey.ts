import { locateValkey } from "./locate_valkey.ts";

const missing = await locateValkey() === undefined;

/**
 * A test that needs a real Valkey or Redis. Where neither is installed it fails in continuous integration, which has to
 * install one; elsewhere it is left out, under a name that says why.
 */
export function testWithValkey(name: string, run: () => Promise<void>): void {
  const leftOut = missing && Deno.env.get("CI") !== "true";
  Deno.test({
    name: leftOut ? `${name} (left out: neither Valkey nor Redis is installed)` : name,
    ignore: leftOut,
    fn: run,
  });
}
