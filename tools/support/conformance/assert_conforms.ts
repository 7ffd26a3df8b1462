import { assert, assertEquals, assertGreater } from "@std/assert";
import { errorLines } from "../error_lines.ts";
import { Program, untilReady } from "../program.ts";
import { deriveBatches, type DeriveOptions, fetchSubjects } from "@archway/conformance/derive_batches.ts";
import type { Field } from "@archway/conformance/row.ts";
import { MARKER, runRows } from "@archway/conformance/run_rows.ts";
import type { Suite } from "@archway/conformance/suite.ts";

/** Settings that shorten what rows wait for, and show everything that there is to see. */
export const STRICT_SETTINGS = { READ_TIMEOUT: "5s", VALIDATE_RESPONSES: "true", LOG_LEVEL: "debug" };

/** Suites of a program, and how their rows are derived. */
export interface ConformsOptions extends DeriveOptions {
  readonly suites: readonly Suite[];
  /** Credentials. @default {[]} */
  readonly fields?: readonly Field[];
}

/**
 * Sends all rows to a program with {@link STRICT_SETTINGS}, which has to be as healthy afterwards as before. Stops it.
 *
 * @returns the number of requests.
 */
export async function assertConforms(
  program: Program,
  { suites, fields = [], ...options }: ConformsOptions,
): Promise<number> {
  const url = await program.url;
  await untilReady(url);
  const subjects = await fetchSubjects({ origin: new URL(url), fields, timeoutMs: 20_000 }, suites);
  const results = await runRows(
    url,
    deriveBatches(subjects, { ...options, hasCredentials: fields.length > 0 }),
    { fields },
  );
  assertGreater(results.length, 0);
  assertEquals(results.filter(({ faults, skipped }) => faults.length > 0 || skipped !== undefined), []);
  await untilReady(url);
  const { code, stdout, stderr } = await program.stop();
  assertEquals([code, errorLines(stderr)], [0, []]);
  // Nothing of what was planted is in the log either.
  assert(!`${stdout}${stderr}`.includes(MARKER), "The log repeats what was sent");
  return results.length;
}

/** Does that with the program of a main module, on the embedded database. */
export async function assertConformsEmbedded(main: string, options: ConformsOptions): Promise<number> {
  const folder = await Deno.makeTempDir({ prefix: "archway_conformance_" });
  try {
    await using program = new Program({ EMBEDDED_DATA_DIR: folder, ...STRICT_SETTINGS }, [], { main });
    return await assertConforms(program, options);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
