import { dirname } from "node:path";
import { print } from "@archway/program/print.ts";
import { progress } from "@archway/tools/bench/progress.ts";
import { judgeSoak } from "./judge_soak.ts";
import { soak } from "./soak.ts";
import { parseSoakOptions, SOAK_USAGE } from "./soak_options.ts";
import { renderSoakReport } from "./soak_report.ts";

/** Gives the exit code: 1 where a rule is broken. */
async function main(args: string[]): Promise<number> {
  const options = parseSoakOptions(args);
  if (options === undefined) {
    await print(Deno.stdout, SOAK_USAGE);
    return 0;
  }
  const { json } = options;
  // First, so that a place that cannot be written to does not come to light at the end.
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
  const count = (kept: boolean | undefined): number =>
    verdicts.filter((verdict) => verdict.kept === kept).length;
  const broken = count(false);
  // As the test runner counts.
  await print(
    Deno.stdout,
    `${broken === 0 ? "ok" : "FAILED"} | ${count(true)} passed | ${broken} failed | ${
      count(undefined)
    } ignored (soak)\n`,
  );
  return broken === 0 ? 0 : 1;
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    progress(error instanceof Error ? error.message : "The soak failed");
    Deno.exit(1);
  }
}
