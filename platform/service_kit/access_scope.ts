/** What a caller may reach of a service's resources. Everything else does not exist for them and cannot be changed. */
export type AccessScope =
  /** All of it: authentication is off, or the caller has the service's admin scope. */
  | { readonly kind: "all" }
  /** What this subject owns; the service decides what that means. */
  | { readonly kind: "owner"; readonly subject: string };

/** Reaches everything. */
export const UNRESTRICTED: AccessScope = { kind: "all" };

/** A resource as one caller may reach it. */
export interface ResourceKey {
  readonly id: string;
  readonly scope: AccessScope;
}

/** The caller of an operation; no principal if authentication is off. */
export interface Caller {
  readonly principal: { readonly subject: string; readonly scopes: ReadonlySet<string> } | undefined;
}

/**
 * Returns the function that derives the access scope of a caller. It is for operations that require a token, so that
 * a caller without a principal means that authentication is off.
 *
 * @param adminScope Token scope of callers who may reach every resource, beside the scopes that an operation requires.
 */
export function accessScopeOf(adminScope: string): (caller: Caller) => AccessScope {
  return ({ principal }) =>
    principal === undefined || principal.scopes.has(adminScope)
      ? UNRESTRICTED
      : { kind: "owner", subject: principal.subject };
}

/** Owner of what the caller creates; null if authentication is off. */
export function ownerOf({ principal }: Caller): string | null {
  return principal?.subject ?? null;
}
