import { testWith } from "../test_with.ts";
import { locatePgbouncer } from "./locate_pgbouncer.ts";

/** Defines a test that needs the real PgBouncer. */
export const testWithPgbouncer = testWith({
  reason: "PgBouncer is not installed",
  program: await locatePgbouncer(),
});
