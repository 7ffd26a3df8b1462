import type { JsonValue } from "@archway/server/operation.ts";
import { textMember } from "../oapi_codegen/document/json_value.ts";
import type { Effect } from "./change.ts";
import type { Alternatives, FlatSchema, SchemaSet } from "./flat_schema.ts";
import type { SchemaPair } from "./schema_pair.ts";
import { isSame } from "./types_of.ts";

/** Alternative of one version. */
interface Branch {
  readonly set: SchemaSet;
  readonly pointer: string;
  /** Name of its component, or its title: generated clients distinguish alternatives by it. */
  readonly name: string | undefined;
  /** Name, or its number. */
  readonly label: string;
}

/**
 * Compares `oneOf` and `anyOf`. If one version alone has alternatives, its whole schemas are the alternatives of the
 * comparison with the other one.
 *
 * @returns `whole` if the rest of the schemas is thereby compared as well
 */
export function compareAlternatives(pair: SchemaPair): "whole" | "part" {
  const [before, after] = [pair.before.alternatives, pair.after.alternatives];
  const [old, now] = [before[0], after[0]];
  if (before.length + after.length === 1) {
    compareBranches(pair, {
      before: wholes(pair.before, old),
      after: wholes(pair.after, now),
      keyword: now?.keyword,
    });
    return "whole";
  }
  for (let index = 0; index < Math.max(before.length, after.length); index++) {
    const [left, right] = [before[index], after[index]];
    if (left !== undefined && right !== undefined) {
      if (left.keyword === "anyOf" && right.keyword === "oneOf") {
        pair.report({
          effect: "note",
          level: "risky",
          message: "anyOf became oneOf: values of several alternatives are no longer allowed",
          pointer: right.pointer,
          side: "after",
        });
      }
      compareBranches(pair, { before: branchesOf(left), after: branchesOf(right), keyword: right.keyword });
    } else {
      const effect = right === undefined ? "widens" : "narrows";
      const message = right === undefined ? `${left?.keyword} removed` : `${right.keyword} added`;
      const side = right === undefined ? "before" : "after";
      pair.report({ effect, message, pointer: (right ?? left)?.pointer ?? "", side });
    }
  }
  return "part";
}

function branchesOf({ branches }: Alternatives): readonly Branch[] {
  return branches.map((branch, index) => {
    const name = textMember(branch.value, "$ref")?.split("/").at(-1) ?? textMember(branch.value, "title");
    const label = `alternative ${name ?? index + 1}`;
    return { set: { parts: [branch] }, pointer: branch.pointer, name, label };
  });
}

function wholes({ set, pointer }: FlatSchema, alternatives: Alternatives | undefined): readonly Branch[] {
  if (alternatives === undefined) return [{ set, pointer, name: undefined, label: "the whole" }];
  const rest = [...set.parts, ...set.branch === undefined ? [] : [set.branch]];
  return branchesOf(alternatives).map((branch) => ({
    ...branch,
    set: { parts: rest, branch: branch.set.parts[0] },
  }));
}

/** Compares the alternatives that belong together, and reports those of one version that the other does not contain. */
function compareBranches(
  pair: SchemaPair,
  { before, after, keyword }: {
    readonly before: readonly Branch[];
    readonly after: readonly Branch[];
    readonly keyword: string | undefined;
  },
): void {
  const [old, now] = [new Set(before), new Set(after)];
  const match = (belong: (left: Branch, right: Branch) => boolean): void => {
    for (const left of old) {
      for (const right of now) {
        if (!old.has(left) || !belong(left, right)) continue;
        old.delete(left);
        now.delete(right);
        pair.descend({ before: left.set, after: right.set });
      }
    }
  };
  const has = (effects: readonly Effect[], left: Branch, right: Branch): boolean =>
    pair.has(effects, { before: left.set, after: right.set });
  const namesFit = (left: Branch, right: Branch): boolean =>
    left.name === undefined || right.name === undefined || left.name === right.name;
  // A named alternative is one of its own, even if another one contains it.
  const mayContain = (left: Branch, right: Branch): boolean =>
    left.name === right.name || before.length === 1 || after.length === 1;
  match((left, right) => left.name !== undefined && left.name === right.name);
  match((left, right) => isSame(valueOf(left), valueOf(right)));
  match((left, right) => namesFit(left, right) && !has(["narrows", "widens", "replaces"], left, right));
  // A schema that gets or loses alternatives is compared with the one that is most like it.
  const [whole] = before.length === 1 ? before : [];
  const containing = whole === undefined
    ? []
    : after.filter((right) => !has(["narrows", "replaces"], whole, right));
  if (before.length === 1 && containing.length < 2) {
    match((left, right) => !has(["narrows", "replaces"], left, right));
    match((left, right) => !has(["replaces"], left, right));
  } else if (after.length === 1) {
    match((left, right) => !has(["widens", "replaces"], left, right));
    match((left, right) => !has(["replaces"], left, right));
  }
  if (old.size === 1 && now.size === 1 && (before.length > 1) === (after.length > 1)) match(namesFit);
  if (containing.length > 1 && keyword === "oneOf" && old.size > 0) {
    const message = `values that match several of ${containing.map(({ label }) => label).join(", ")} ` +
      "are no longer allowed";
    pair.report({ effect: "narrows", message, pointer: pair.after.pointer, side: "after" });
  }
  for (const left of old) {
    if (after.some((right) => mayContain(left, right) && !has(["narrows", "replaces"], left, right))) {
      continue;
    }
    const message = before.length === 1 ? `only alternatives are allowed now` : `${left.label} removed`;
    pair.report({ effect: "narrows", message, pointer: left.pointer, side: "before" });
  }
  for (const right of now) {
    if (before.some((left) => mayContain(left, right) && !has(["widens", "replaces"], left, right))) continue;
    const message = after.length === 1 ? "more than the alternatives is allowed now" : `${right.label} added`;
    pair.report({ effect: "widens", message, pointer: right.pointer, side: "after" });
  }
}

/** Value of the schema that makes the alternative. */
function valueOf({ set }: Branch): JsonValue | undefined {
  return (set.branch ?? set.parts[0])?.value;
}
