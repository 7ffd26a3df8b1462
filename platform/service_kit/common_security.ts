import type { Operation, SecurityRequirement } from "@archway/server/operation.ts";

/** Whether an operation cannot be called without a credential. */
export function isSecured({ security }: Operation): boolean {
  return security.length > 0 && security.every((schemes) => schemes.length > 0);
}

/**
 * Returns the security requirements that secured operations have in common, without scopes: for the request of an endpoint
 * that calls any of them, and checks the scopes with each call.
 */
export function commonSecurity(secured: readonly Operation[]): Operation["security"] {
  const [first, ...others] = secured;
  const common = first?.security.filter((schemes) =>
    others.every(({ security }) => security.some((other) => credentialsOf(other) === credentialsOf(schemes)))
  );
  return common?.map((schemes) => schemes.map((scheme) => ({ ...scheme, scopes: [] }))) ?? [];
}

/** Returns a text that is equal for requirements of the same credentials, whatever their scopes are. */
export function credentialsOf(schemes: SecurityRequirement): string {
  return JSON.stringify(schemes.map(({ scopes: _, ...scheme }) => scheme));
}
