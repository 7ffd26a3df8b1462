import { type DenoEnding, runDeno, type RunDenoOptions } from "./run_deno.ts";

/** What the registry says of a lock file's packages. */
export interface Vulnerabilities {
  /** `unchecked`: the registry does not answer the question, and nothing is known. */
  readonly state: "none" | "found" | "unchecked";
  /** For people: what was found, or why nothing is known. */
  readonly text: string;
}

/**
 * Asks the registry, by `deno audit`, for known vulnerabilities of a lock file's packages.
 *
 * @param lock Its path, in the project.
 * @throws {Error} when `deno audit` fails for another reason than the registry.
 */
export async function knownVulnerabilities(lock: string, options: RunDenoOptions): Promise<Vulnerabilities> {
  const ending = await runDeno(["audit", `--lock=${lock}`], options);
  if (ending.code === 0) return { state: "none", text: ending.stdout.trim() };
  if (/^Found \d+ vulnerabilit/m.test(ending.stdout)) return { state: "found", text: ending.stdout.trim() };
  return { state: "unchecked", text: refusal(lock, ending) };
}

/** What Deno says when a registry cannot be reached, forbids the question, or answers with something else. */
const REFUSED = /error sending request|npm registry API|client error|status code/i;

function refusal(lock: string, { stderr }: DenoEnding): string {
  if (REFUSED.test(stderr)) return stderr.trim().split("\n", 1)[0] ?? "";
  throw new Error(`Asking for vulnerabilities of ${lock} failed: ${stderr.trim()}`);
}
