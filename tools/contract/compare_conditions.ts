import { ANYTHING, placeOf, type SchemaPair, setsAt } from "./schema_pair.ts";

/** Compares `not`, `if`, `then`, `else` and the schemas of encoded content. */
export function compareConditions(pair: SchemaPair): void {
  const not = setsAt(pair, "not");
  if (not.before !== undefined && not.after !== undefined) {
    pair.descend({ before: not.before, after: not.after }, true);
  } else reportPresence(pair, "not");
  const condition = setsAt(pair, "if");
  if (condition.before !== undefined && condition.after !== undefined) {
    const sets = { before: condition.before, after: condition.after };
    if (pair.has(["narrows", "widens", "replaces"], sets)) {
      pair.report({ effect: "replaces", message: "the condition if changed", ...placeOf(pair, "if") });
    }
    for (const keyword of ["then", "else"]) {
      const { before, after } = setsAt(pair, keyword);
      if ((before ?? after) !== undefined) {
        pair.descend({ before: before ?? ANYTHING, after: after ?? ANYTHING });
      }
    }
  } else reportPresence(pair, "if");
  const content = setsAt(pair, "contentSchema");
  if (content.before !== undefined && content.after !== undefined) {
    pair.descend({ before: content.before, after: content.after });
  } else reportPresence(pair, "contentSchema");
}

function reportPresence(pair: SchemaPair, keyword: string): void {
  const { before, after } = setsAt(pair, keyword);
  if ((before === undefined) === (after === undefined)) return;
  pair.report({
    effect: after === undefined ? "widens" : "narrows",
    message: after === undefined ? `${keyword} removed` : `${keyword} added`,
    ...placeOf(pair, keyword),
  });
}
