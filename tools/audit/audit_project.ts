import { basename, join } from "node:path";
import { ALLOWED_LICENCES, LICENCE_EXCEPTIONS } from "./allowed_licences.ts";
import { knownVulnerabilities } from "./known_vulnerabilities.ts";
import { licenceViolation } from "./licence_violation.ts";
import { lockedPackages, unpinned } from "./lock_file.ts";
import { npmCache, readManifest } from "./read_manifest.ts";
import type { RunDenoOptions } from "./run_deno.ts";
import { staleLock } from "./stale_lock.ts";

/** What an audit found, line by line. */
export interface AuditReport {
  readonly faults: readonly string[];
  /** What could not be looked at, and is no fault of the project. */
  readonly unknown: readonly string[];
  /** How many packages were looked at. */
  readonly packages: number;
}

/**
 * Audits a project: its lock file is what deno.json asks for, each package of each lock file is pinned by its hash, may
 * be used by its licence, and has no known vulnerability.
 *
 * @param more Paths of lock files beside deno.lock, whose packages need not be downloaded: they may be for other
 * platforms.
 */
export async function auditProject(options: RunDenoOptions, more: readonly string[]): Promise<AuditReport> {
  const stale = await staleLock(options.cwd);
  const faults = stale === undefined ? [] : [stale];
  const unknown: string[] = [];
  const cache = await npmCache();
  const rules = { allowed: ALLOWED_LICENCES, exceptions: LICENCE_EXCEPTIONS };
  let packages = 0;
  for (const lock of ["deno.lock", ...more]) {
    const locked = lockedPackages(await Deno.readTextFile(join(options.cwd, lock)));
    packages += locked.length;
    faults.push(...unpinned(locked));
    for (const each of locked) {
      const manifest = await readManifest(cache, each);
      const absent = `${each.name} ${each.version}: not downloaded here, so its licence is not known`;
      if (manifest === undefined) (more.includes(lock) ? unknown : faults).push(absent);
      else faults.push(...[licenceViolation(each, manifest, rules) ?? []].flat());
    }
  }
  for (const lock of ["deno.lock", ...more]) {
    const { state, text } = await knownVulnerabilities(lock, options);
    if (state === "found") faults.push(`${basename(lock)}: ${text}`);
    if (state !== "unchecked") continue;
    unknown.push(`VULNERABILITIES WERE NOT CHECKED, the registry does not tell: ${text}`);
    break;
  }
  return { faults, unknown, packages };
}
