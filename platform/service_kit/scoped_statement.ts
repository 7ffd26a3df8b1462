import type { QueryParameter } from "@archway/db/db.ts";
import type { AccessScope } from "./access_scope.ts";

/** A statement in two forms: without a condition on the owner, and for one owner. */
export interface ScopedStatement {
  readonly all: string;
  readonly owner: string;
}

/**
 * Writes both forms of a statement.
 *
 * @param write Returns the statement with the owner's placeholder; undefined for the form without one.
 * @param parameters Number of parameters before the owner, who is the last.
 */
export function scopedStatement(
  write: (owner: string | undefined) => string,
  parameters: number,
): ScopedStatement {
  return { all: write(undefined), owner: write(`$${parameters + 1}`) };
}

/** A condition on the owner that follows others in a WHERE; "" without an owner. */
export function andOwned(
  owner: string | undefined,
  condition: (owner: string) => string = (subject) => `owner = ${subject}`,
): string {
  return owner === undefined ? "" : ` and ${condition(owner)}`;
}

/** The form for an access scope, with its parameters. */
export function statementFor(
  { all, owner }: ScopedStatement,
  scope: AccessScope,
  parameters: readonly QueryParameter[],
): readonly [text: string, parameters: readonly QueryParameter[]] {
  return scope.kind === "all" ? [all, parameters] : [owner, [...parameters, scope.subject]];
}
