import type { QueryParameter } from "../db/db.ts";
import type { Viewer } from "./viewer.ts";

/** A statement in two forms: for those who see everything, as if there were no owners, and for an owner. */
export interface ViewedStatement {
  readonly everyone: string;
  readonly owner: string;
}

/**
 * Writes both forms.
 *
 * @param write Makes the statement of the condition that is to stand behind the others in its WHERE; "" for everyone.
 * @param parameters How many the statement has without the owner, who is the last.
 */
export function viewedStatement(write: (condition: string) => string, parameters: number): ViewedStatement {
  return { everyone: write(""), owner: write(` and owner = $${parameters + 1}`) };
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
