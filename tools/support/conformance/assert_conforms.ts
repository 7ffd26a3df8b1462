import { assert, assertEquals, assertGreater } from "@std/assert";
import { errorLines } from "../error_lines.ts";
import { Program, untilReady } from "../program.ts";
import type { Field } from "./row.ts";
import { MARKER, runSuites } from "./run_suites.ts";
import type { Suite } from "./suite.ts";

/** Settings that shorten what rows wait for, and show everything that there is to see. */
export const STRICT_SETTINGS = { READ_TIMEOUT: "5s", VALIDATE_RESPONSES: "true", LOG_LEVEL: "debug" };

/** Runs suites against a program with {@link STRICT_SETTINGS}, which has to be as well afterwards as before. Stops it. */
export async function assertConforms(
  program: Program,
  { suites, fields = [] }: { readonly suites: readonly Suite[]; readonly fields?: readonly Field[] },
): Promise<void> {
  const url = await program.url;
  await untilReady(url);
  const results = await runSuites(url, suites, { fields });
  assertGreater(results.length, 0);
  assertEquals(results.filter(({ faults }) => faults.length > 0), []);
  await untilReady(url);
  const { code, stdout, stderr } = await program.stop();
  assertEquals([code, errorLines(stderr)], [0, []]);
  // Nothing of what was planted is in the log either.
  assert(!`${stdout}${stderr}`.includes(MARKER), "The log repeats what was sent");
}

/** Does that with the program of a main module, on the embedded database. */
export async function assertConformsEmbedded(main: string, suites: readonly Suite[]): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "archway_conformance_" });
  try {
    await using program = new Program({ EMBEDDED_DATA_DIR: folder, ...STRICT_SETTINGS }, [], { main });
    await assertConforms(program, { suites });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
