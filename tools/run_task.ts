import { CLOSED_OUTPUT_CODE, ClosedOutputError, print } from "@archway/program/print.ts";

/** Options of {@link runTask}. */
export interface RunTaskOptions {
  /** Classes of errors that the user of the task can correct. */
  readonly expected: readonly (new (message: string) => Error)[];
  /** Exit code after such an error. @default {1} */
  readonly exitCode?: number;
}

/**
 * Runs the main function of a task with its arguments, and sets the exit code that it returns. Expected errors are
 * printed without a stack.
 */
export async function runTask(
  main: (args: readonly string[]) => Promise<number>,
  { expected, exitCode = 1 }: RunTaskOptions,
): Promise<void> {
  try {
    Deno.exitCode = await main(Deno.args);
  } catch (error) {
    if (error instanceof ClosedOutputError) Deno.exit(CLOSED_OUTPUT_CODE);
    if (!(error instanceof Error) || !expected.some((type) => error instanceof type)) throw error;
    await print(Deno.stderr, `${error.message.trimEnd()}\n`);
    Deno.exitCode = exitCode;
  }
}

/** Prints the usage of a task if its arguments ask for it, or are others than expected. Returns whether they do. */
export async function printsUsage(
  usage: string,
  { accepted = [] }: { readonly accepted?: readonly string[] } = {},
): Promise<boolean> {
  const isHelp = Deno.args.some((arg) => arg === "--help" || arg === "-h");
  if (!isHelp && Deno.args.every((arg) => accepted.includes(arg))) return false;
  await print(isHelp ? Deno.stdout : Deno.stderr, `Usage: ${usage}\n`);
  Deno.exitCode = isHelp ? 0 : 2;
  return true;
}
