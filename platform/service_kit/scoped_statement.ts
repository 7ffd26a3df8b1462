import type { QueryParameter } from "@archway/db/db.ts";
import type { AccessScope } from "./access_scope.ts";

/** A statement in two forms: for all owners, and for one owner. */
export interface ScopedStatement {
  readonly all: string;
  readonly owner: string;
}

/**
 * Returns both forms of a statement.
 *
 * @param write Returns the statement with the owner's placeholder, or without a condition if it is undefined.
 * @param parameters Number of parameters before the owner, which is the last.
 */
export function scopedStatement(
  write: (owner: string | undefined) => string,
  parameters: number,
): ScopedStatement {
  return { all: write(undefined), owner: write(`$${parameters + 1}`) };
}

/** Returns the condition on the owner, to append to a WHERE clause; "" without an owner. */
export function andOwned(
  owner: string | undefined,
  condition: (owner: string) => string = (subject) => `owner = ${subject}`,
): string {
  return owner === undefined ? "" : ` and ${condition(owner)}`;
}

/** Returns the form of a statement for an access scope, with its parameters. */
export function statementFor(
  { all, owner }: ScopedStatement,
  scope: AccessScope,
  parameters: readonly QueryParameter[],
): readonly [text: string, parameters: readonly QueryParameter[]] {
  return scope.kind === "all" ? [all, parameters] : [owner, [...parameters, scope.subject]];
}
