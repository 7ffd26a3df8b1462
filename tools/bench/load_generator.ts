import type { Target } from "./http_connection.ts";
import { requestSource, type Scenario } from "./request_sources.ts";
import { type LoadOptions, type LoadResult, runLoad } from "./run_load.ts";

/** One line of the load generator's input. */
export interface LoadCommand {
  readonly target: Target;
  readonly scenario: Scenario;
  readonly options: LoadOptions;
}

/** One line of its output, for each line of its input. */
export type LoadReport = { readonly result: LoadResult } | { readonly failure: string };

// A process of its own, so that its work is not on the account of whoever measures. It ends when its input does.
if (import.meta.main) {
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
  let rest = "";
  for await (const text of lines) {
    const [last = "", ...complete] = `${rest}${text}`.split("\n").reverse();
    rest = last;
    for (const line of complete.reverse()) await answer(line);
  }
}

async function answer(line: string): Promise<void> {
  const report = await perform(JSON.parse(line)).then(
    (result): LoadReport => ({ result }),
    (error): LoadReport => ({ failure: error instanceof Error ? error.message : "An unknown error" }),
  );
  await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(report)}\n`));
}

function perform({ target, scenario, options }: LoadCommand): Promise<LoadResult> {
  const { connections } = options;
  return runLoad(target, (connection) => requestSource(scenario, { connection, connections }), options);
}
