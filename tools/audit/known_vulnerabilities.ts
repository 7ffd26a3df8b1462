import { type DenoResult, runDeno, type RunDenoOptions } from "./run_deno.ts";

/** Result of a vulnerability check of a lock file. */
export interface Vulnerabilities {
  /** `unchecked` if the registry did not provide the data. */
  readonly state: "none" | "found" | "unchecked";
  /** User-facing report of `deno audit`, or the reason why nothing was checked. */
  readonly text: string;
}

/**
 * Checks the packages of a lock file for known vulnerabilities, using `deno audit`.
 *
 * @param lock Path in the project.
 * @throws {Error} when `deno audit` fails for other reasons than the registry.
 */
export async function knownVulnerabilities(lock: string, options: RunDenoOptions): Promise<Vulnerabilities> {
  const ending = await runDeno(["audit", `--lock=${lock}`], options);
  if (ending.code === 0) return { state: "none", text: ending.stdout.trim() };
  if (/^Found \d+ vulnerabilit/m.test(ending.stdout)) return { state: "found", text: ending.stdout.trim() };
  return { state: "unchecked", text: refusal(lock, ending) };
}

/** Matches Deno's messages for a registry that is unreachable or responds unexpectedly. */
const REFUSED = /error sending request|npm registry API|client error|status code/i;

function refusal(lock: string, { stderr }: DenoResult): string {
  if (REFUSED.test(stderr)) return stderr.trim().split("\n", 1)[0] ?? "";
  throw new Error(`Checking ${lock} for vulnerabilities failed: ${stderr.trim()}`);
}
