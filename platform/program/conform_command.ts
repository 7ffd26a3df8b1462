import { conform, type ConformSources } from "@archway/conformance/conform.ts";
import { parseConformOptions } from "@archway/conformance/conform_options.ts";
import { print } from "./print.ts";
import { commandUsage } from "./usage.ts";

/**
 * `conform`: sends the HTTP conformance tests to a running program. Needs neither a database nor settings.
 *
 * @returns the exit code: 0 if all passed, 1 if some failed, 2 for invalid arguments, no such program or no such document.
 */
export async function conformCommand(
  args: readonly string[],
  { project, ...sources }: ConformSources & { readonly project: string },
): Promise<number> {
  try {
    const { report, isPassed } = await conform(parseConformOptions(args), sources);
    await print(Deno.stdout, report);
    return isPassed ? 0 : 1;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    await print(Deno.stderr, `${project} conform: ${error.message}\n${commandUsage(project, "conform")}`);
    return 2;
  }
}
