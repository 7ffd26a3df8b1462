import { dirname } from "node:path";
import { print } from "@archway/program/print.ts";
import { progress } from "@archway/tools/bench/progress.ts";
import { judgeSoak } from "./judge_soak.ts";
import { soak } from "./soak.ts";
import { parseSoakOptions, SOAK_USAGE } from "./soak_options.ts";
import { renderSoakReport } from "./soak_report.ts";

/** Exit code if no rule could be judged. */
const NOT_RUN = 3;

/** Returns the exit code: 1 if a rule has failed. */
async function main(args: string[]): Promise<number> {
  const options = parseSoakOptions(args);
  if (options === undefined) {
    await print(Deno.stdout, SOAK_USAGE);
    return 0;
  }
  const { json } = options;
  // First, so that a path without write access is reported at the start.
  if (json !== undefined) await Deno.mkdir(dirname(json), { recursive: true });
  const stopping = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(name, () => stopping.abort());
  const results = await soak(options, stopping.signal).catch((error) => {
    if (!stopping.signal.aborted) throw error;
  });
  if (results === undefined) return 130;
  const verdicts = judgeSoak(results);
  if (json !== undefined) {
    await Deno.writeTextFile(json, `${JSON.stringify({ ...results, verdicts }, null, 2)}\n`);
  }
  await print(Deno.stdout, `\n${renderSoakReport(results, verdicts)}\n`);
  const count = (passed: boolean | undefined): number =>
    verdicts.filter((verdict) => verdict.passed === passed).length;
  const failed = count(false);
  // In the format of the test runner.
  await print(
    Deno.stdout,
    `${failed === 0 ? "ok" : "FAILED"} | ${count(true)} passed | ${failed} failed | ${
      count(undefined)
    } ignored (soak)\n`,
  );
  return failed === 0 ? 0 : 1;
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    // No rule was judged: a failure of the machine, or of the test itself.
    progress(`The soak test could not run: ${error instanceof Error ? error.stack : String(error)}`);
    Deno.exit(NOT_RUN);
  }
}
