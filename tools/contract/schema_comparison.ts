import type { JsonValue } from "@archway/server/operation.ts";
import { type Effect, type Finding, type Level, levelOf } from "./change.ts";
import { compareAlternatives } from "./compare_alternatives.ts";
import { compareAnnotations } from "./compare_annotations.ts";
import { compareArrays } from "./compare_arrays.ts";
import { compareBounds } from "./compare_bounds.ts";
import { compareConditions } from "./compare_conditions.ts";
import { compareObjects } from "./compare_objects.ts";
import { compareValues } from "./compare_values.ts";
import { type FlatSchema, flatSchema, type SchemaSet } from "./flat_schema.ts";
import type { SchemaPair, SchemaSets, SchemaUse } from "./schema_pair.ts";
import { commonTypes } from "./types_of.ts";

/** Findings of a pair of schemas, and the pairs below it. */
interface Pair {
  readonly findings: Finding[];
  readonly below: { readonly pair: Pair; readonly flipped: boolean }[];
}

/** Comparison of the schemas of two documents. Each pair is compared once per use, also if schemas are recursive. */
export class SchemaComparison {
  readonly #pairs = new Map<string, Pair>();

  constructor(readonly before: JsonValue, readonly after: JsonValue) {}

  /** Returns the findings of a pair and of all below it, with their levels. */
  compare(sets: SchemaSets, use: SchemaUse): readonly (readonly [Finding, Level])[] {
    return reachable(this.#pair(sets, use)).flatMap(({ pair, flipped }) =>
      pair.findings.map((finding) =>
        [finding, levelOf(finding, { direction: use.direction, flipped })] as const
      )
    );
  }

  #pair({ before, after }: SchemaSets, use: SchemaUse): Pair {
    const key = `${use.direction} ${use.asText} ${use.repeats}\n${keyOf(before)}\n${keyOf(after)}`;
    const known = this.#pairs.get(key);
    if (known !== undefined) return known;
    const pair: Pair = { findings: [], below: [] };
    this.#pairs.set(key, pair);
    const flat = (set: SchemaSet, side: "before" | "after"): FlatSchema => flatSchema(set, this[side]);
    compareFlat({
      flat,
      before: flat(before, "before"),
      after: flat(after, "after"),
      use,
      report: (finding) => pair.findings.push(finding),
      descend: (next, flipped = false) => pair.below.push({ pair: this.#pair(next, use), flipped }),
      has: (effects, sets) => hasEffect(effects, this.#pair(sets, use)),
    });
    return pair;
  }
}

function compareFlat(pair: SchemaPair): void {
  const { before, after } = pair;
  if (before.never || after.never) {
    if (before.never === after.never) return;
    pair.report({
      effect: after.never ? "narrows" : "widens",
      message: after.never ? "no value is allowed any longer" : "values are now allowed",
      pointer: after.pointer,
      side: "after",
    });
    return;
  }
  if (compareAlternatives(pair) === "whole") return;
  compareValues(pair);
  compareAnnotations(pair);
  const common = commonTypes(pair);
  compareBounds(pair, common);
  compareConditions(pair);
  if (common.has("object")) compareObjects(pair);
  if (common.has("array")) compareArrays(pair);
}

function keyOf({ parts, branch }: SchemaSet): string {
  return `${parts.map(({ pointer }) => pointer).join("&")}|${branch?.pointer ?? ""}`;
}

function hasEffect(effects: readonly Effect[], start: Pair): boolean {
  return reachable(start).some(({ pair, flipped }) =>
    pair.findings.some(({ effect }) => effects.includes(flipped ? flip(effect) : effect))
  );
}

function flip(effect: Effect): Effect {
  return effect === "narrows" ? "widens" : effect === "widens" ? "narrows" : effect;
}

function reachable(start: Pair): readonly { readonly pair: Pair; readonly flipped: boolean }[] {
  const seen = new Map<Pair, Set<boolean>>();
  const found: { pair: Pair; flipped: boolean }[] = [];
  const visit = (pair: Pair, flipped: boolean): void => {
    const ways = seen.get(pair) ?? new Set<boolean>();
    if (ways.has(flipped)) return;
    seen.set(pair, ways.add(flipped));
    found.push({ pair, flipped });
  };
  visit(start, false);
  for (const { pair, flipped } of found) {
    for (const next of pair.below) visit(next.pair, flipped !== next.flipped);
  }
  return found;
}
