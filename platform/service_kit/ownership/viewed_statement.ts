import type { QueryParameter } from "@archway/db/db.ts";
import type { Viewer } from "./viewer.ts";

/** A statement in two forms: for those who see everything, as if there were no owners, and for an owner. */
export interface ViewedStatement {
  readonly everyone: string;
  readonly owner: string;
}

/**
 * Writes both forms.
 *
 * @param write Makes the statement with the owner's placeholder; undefined for everyone.
 * @param parameters How many the statement has without the owner, who is the last.
 */
export function viewedStatement(
  write: (owner: string | undefined) => string,
  parameters: number,
): ViewedStatement {
  return { everyone: write(undefined), owner: write(`$${parameters + 1}`) };
}

/** What stands behind the other conditions of a WHERE: that something is the owner's; "" for everyone. */
export function andOwned(
  owner: string | undefined,
  condition: (owner: string) => string = (subject) => `owner = ${subject}`,
): string {
  return owner === undefined ? "" : ` and ${condition(owner)}`;
}

/** The form for a viewer, with its parameters. */
export function forViewer(
  statement: ViewedStatement,
  viewer: Viewer,
  parameters: readonly QueryParameter[],
): readonly [text: string, parameters: readonly QueryParameter[]] {
  return viewer.kind === "everyone"
    ? [statement.everyone, parameters]
    : [statement.owner, [...parameters, viewer.subject]];
}
