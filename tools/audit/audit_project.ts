import { basename, join } from "node:path";
import { ALLOWED_LICENCES, LICENCE_EXCEPTIONS } from "./allowed_licences.ts";
import { knownVulnerabilities } from "./known_vulnerabilities.ts";
import { licenceViolation } from "./licence_violation.ts";
import { lockedPackages, unpinned } from "./lock_file.ts";
import { npmCache, readManifest } from "./read_manifest.ts";
import { runDeno, type RunDenoOptions } from "./run_deno.ts";

/** Result of an audit, as lines. */
export interface AuditReport {
  readonly findings: readonly string[];
  /** Aspects that could not be checked, which do not fail the audit. */
  readonly unknown: readonly string[];
  /** Number of packages checked. */
  readonly packages: number;
}

/**
 * Audits the dependencies of a project. The lock file must match deno.json, and every locked package must be pinned by
 * a hash, have a permitted licence and no known vulnerability.
 *
 * @param more Paths of additional lock files, whose packages may not be downloaded, as they may be for other platforms.
 */
export async function auditProject(options: RunDenoOptions, more: readonly string[]): Promise<AuditReport> {
  const stale = await staleLock(options.cwd);
  const findings = stale === undefined ? [] : [stale];
  const unknown: string[] = [];
  const cache = await npmCache();
  const rules = { allowed: ALLOWED_LICENCES, exceptions: LICENCE_EXCEPTIONS };
  let packages = 0;
  for (const lock of ["deno.lock", ...more]) {
    const locked = lockedPackages(await Deno.readTextFile(join(options.cwd, lock)));
    packages += locked.length;
    findings.push(...unpinned(locked));
    for (const each of locked) {
      const manifest = await readManifest(cache, each);
      const absent = `${each.name} ${each.version}: not downloaded, so its licence is unknown`;
      if (manifest === undefined) (more.includes(lock) ? unknown : findings).push(absent);
      else findings.push(...[licenceViolation(each, manifest, rules) ?? []].flat());
    }
  }
  for (const lock of ["deno.lock", ...more]) {
    const { state, text } = await knownVulnerabilities(lock, options);
    if (state === "found") findings.push(`${basename(lock)}: ${text}`);
    if (state !== "unchecked") continue;
    unknown.push(`VULNERABILITIES WERE NOT CHECKED, the registry did not respond: ${text}`);
    break;
  }
  return { findings, unknown, packages };
}

/**
 * Returns the user-facing reason why a lock file is stale; undefined if it is not. It must match deno.json. Downloads
 * the packages, and rejects those with another hash.
 */
async function staleLock(project: string): Promise<string | undefined> {
  const { code, stderr } = await runDeno(["install", "--frozen"], { cwd: project });
  return code === 0 ? undefined : `deno.lock: ${reason(stderr)}`;
}

/** Returns the first line that is not progress. */
function reason(text: string): string {
  return text.split("\n").find((line) => line.trim() !== "" && !/^(?:Download|Initialize) /.test(line)) ?? "";
}
