/** Package in a lock file of Deno. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** Expected hash of its archive in Subresource Integrity format; undefined if not pinned. */
  readonly integrity: string | undefined;
}

/**
 * Parses the npm packages of a lock file of version 5. The suffix after `_` contains the resolved peer dependencies
 * (`ajv-formats@3.0.1_ajv@8.20.0`).
 *
 * @throws {Error} for another version.
 */
export function lockedPackages(text: string): readonly LockedPackage[] {
  const lock: { readonly version?: string; readonly npm?: Record<string, { readonly integrity?: string }> } =
    JSON
      .parse(text);
  if (lock.version !== "5") throw new Error("Unsupported lock file: expected version 5");
  return Object.entries(lock.npm ?? {}).map(([id, { integrity }]) => {
    const [, name = "", version = ""] = /^(@?[^@]+)@([^_]+)/.exec(id) ?? [];
    return { name, version, integrity };
  });
}

/** Returns a line for each package that is not pinned by a hash. */
export function unpinned(packages: readonly LockedPackage[]): readonly string[] {
  return packages.filter(({ integrity }) => !integrity?.startsWith("sha512-"))
    .map(({ name, version }) => `${name} ${version}: no sha512 hash in the lock file`);
}
