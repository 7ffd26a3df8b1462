import { dirname } from "node:path";

/** A bench as a program. */
export interface BenchProgram<Options, Results> {
  readonly usage: string;
  /** Reads the command line; undefined: help is asked for. */
  parse(args: string[]): Options | undefined;
  measure(options: Options, signal: AbortSignal): Promise<Results>;
  /** The results for people. */
  render(results: Results): string;
}

/** Runs it on this process's command line, until it is done or a signal comes, and exits. */
export async function runBench<Options extends { readonly json: string | undefined }, Results>(
  program: BenchProgram<Options, Results>,
): Promise<never> {
  try {
    Deno.exit(await run(program));
  } catch (error) {
    progress(error instanceof Error ? error.message : "The bench failed");
    Deno.exit(1);
  }
}

/** Gives the exit code. */
async function run<Options extends { readonly json: string | undefined }, Results>(
  { usage, parse, measure, render }: BenchProgram<Options, Results>,
): Promise<number> {
  const options = parse(Deno.args);
  if (options === undefined) {
    await Deno.stdout.write(new TextEncoder().encode(usage));
    return 0;
  }
  // First, so that a place that cannot be written to does not come to light at the end.
  if (options.json !== undefined) await Deno.mkdir(dirname(options.json), { recursive: true });
  const stopping = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(name, () => stopping.abort());
  const results = await measure(options, stopping.signal).catch((error) => {
    // Whatever broke because of it, the reason is the signal.
    if (!stopping.signal.aborted) throw error;
  });
  if (results === undefined) return 130;
  if (options.json !== undefined) {
    await Deno.writeTextFile(options.json, `${JSON.stringify(results, null, 2)}\n`);
  }
  await Deno.stdout.write(new TextEncoder().encode(`\n${render(results)}`));
  return 0;
}

/** Tells what is begun, beside the results. */
export function progress(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
}
