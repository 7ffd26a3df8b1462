/** The resources of a service that a caller can read and change. All others are reported as missing. */
export type AccessScope =
  /** All resources: authentication is off, or the caller has the service's admin scope. */
  | {
    readonly kind: "all";
    /** Subject of the caller. @default none, as authentication is off */
    readonly actor?: string;
  }
  /** Resources of this subject; the service defines ownership. */
  | { readonly kind: "owner"; readonly subject: string };

/** Scope of all resources. */
export const UNRESTRICTED: AccessScope = { kind: "all" };

/** Id of a resource, and the access scope of the caller. */
export interface ResourceKey {
  readonly id: string;
  readonly scope: AccessScope;
}

/** Ids of resources, and the access scope of the caller. */
export interface ResourceKeys {
  readonly ids: readonly string[];
  readonly scope: AccessScope;
}

/** Caller of an operation; without a principal if authentication is off. */
export interface Caller {
  readonly principal: { readonly subject: string; readonly scopes: ReadonlySet<string> } | undefined;
}

/**
 * Returns the function that derives the access scope of a caller. Only for operations that require a token, where a
 * missing principal means that authentication is off.
 *
 * @param adminScope Token scope that grants access to every resource, in addition to the scopes of the operation.
 */
export function accessScopeOf(adminScope: string): (caller: Caller) => AccessScope {
  return ({ principal }) =>
    principal === undefined
      ? UNRESTRICTED
      : principal.scopes.has(adminScope)
      ? { kind: "all", actor: principal.subject }
      : { kind: "owner", subject: principal.subject };
}

/** Returns the owner of resources that the caller creates; null if authentication is off. */
export function ownerOf({ principal }: Caller): string | null {
  return principal?.subject ?? null;
}
