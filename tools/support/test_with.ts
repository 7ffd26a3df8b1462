/** Program that tests need and that has to be installed separately. */
export interface NeededProgram {
  /** Reason for skipping tests without it, e.g. "PgBouncer is not installed". */
  readonly reason: string;
  /** Path; undefined if it is not installed. */
  readonly program: string | undefined;
}

/**
 * Returns a function that defines tests which need a program. Without it, tests fail in continuous integration, which
 * must install it; elsewhere they are skipped, with the reason in their name.
 */
export function testWith(
  { reason, program }: NeededProgram,
): (name: string, run: () => Promise<void>) => void {
  const skipped = program === undefined && Deno.env.get("CI") !== "true";
  return (name, run) =>
    Deno.test({ name: skipped ? `${name} (skipped: ${reason})` : name, ignore: skipped, fn: run });
}
