/** A package as a lock file of Deno names it. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** The hash its archive has to have, as Subresource Integrity writes it; undefined: anything is taken. */
  readonly integrity: string | undefined;
}

/**
 * The npm packages of a lock file's text, version 5. What stands behind `_` are the peers it was resolved with
 * (`ajv-formats@3.0.1_ajv@8.20.0`).
 */
export function lockedPackages(text: string): readonly LockedPackage[] {
  const lock: { readonly version?: string; readonly npm?: Record<string, { readonly integrity?: string }> } =
    JSON
      .parse(text);
  if (lock.version !== "5") throw new Error("A lock file of version 5 is expected");
  return Object.entries(lock.npm ?? {}).map(([id, { integrity }]) => {
    const [, name = "", version = ""] = /^(@?[^@]+)@([^_]+)/.exec(id) ?? [];
    return { name, version, integrity };
  });
}

/** A line for each package that nothing tells from another one of its name. */
export function unpinned(packages: readonly LockedPackage[]): readonly string[] {
  return packages.filter(({ integrity }) => !integrity?.startsWith("sha512-"))
    .map(({ name, version }) => `${name} ${version}: the lock file has no sha512 of it`);
}
