import { assert, assertEquals } from "@std/assert";
import { complaintsOf } from "@archway/tools/support/complaints_of.ts";
import { MainProgram, untilReady } from "@archway/tools/support/program.ts";
import { MARKER, runRows } from "../run_rows.ts";
import { THEMES } from "../table.ts";

/** What hostile requests need not wait long for, and all that there is to see. */
export const STRICT_SETTINGS = { READ_TIMEOUT: "5s", VALIDATE_RESPONSES: "true", LOG_LEVEL: "debug" };

/** Runs the whole table against a program, which has to be as well afterwards as before. */
export async function assertConforms(environment: Readonly<Record<string, string>>): Promise<void> {
  await using program = new MainProgram({ ...environment, ...STRICT_SETTINGS });
  const url = await program.url;
  await untilReady(url);
  const results = await runRows(url, THEMES);
  assertEquals(results.filter(({ faults }) => faults.length > 0), []);
  await untilReady(url);
  const { code, stdout, stderr } = await program.stop();
  assertEquals([code, complaintsOf(stderr)], [0, []]);
  // Nothing of what was planted is in the log either.
  assert(!`${stdout}${stderr}`.includes(MARKER), "The log repeats what was sent");
}
