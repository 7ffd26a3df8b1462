/** A program that tests need and that nobody ships with them. */
export interface NeededProgram {
  /** Why a test is left out without it, e.g. "PgBouncer is not installed". */
  readonly reason: string;
  /** Where it is; undefined: it is not installed. */
  readonly program: string | undefined;
}

/**
 * Gives the function that tests what needs a real program. Where it is not installed the test fails in continuous
 * integration, which has to install it; elsewhere it is left out, under a name that says why.
 */
export function testWith(
  { reason, program }: NeededProgram,
): (name: string, run: () => Promise<void>) => void {
  const leftOut = program === undefined && Deno.env.get("CI") !== "true";
  return (name, run) =>
    Deno.test({ name: leftOut ? `${name} (left out: ${reason})` : name, ignore: leftOut, fn: run });
}
