import { locatePgbouncer } from "./locate_pgbouncer.ts";

const missing = await locatePgbouncer() === undefined;

/**
 * A test that needs the real PgBouncer. Where that is not installed it fails in continuous integration, which has to
 * install it; elsewhere it is left out, under a name that says why.
 */
export function testWithPgbouncer(name: string, run: () => Promise<void>): void {
  const leftOut = missing && Deno.env.get("CI") !== "true";
  Deno.test({
    name: leftOut ? `${name} (left out: PgBouncer is not installed)` : name,
    ignore: leftOut,
    fn: run,
  });
}
