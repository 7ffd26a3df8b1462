import type { FlatSchema } from "./flat_schema.ts";
import { placeOf, type SchemaPair, valuesIn } from "./schema_pair.ts";

/** Limit of a number, or of a length or count. */
interface Bound {
  readonly keyword: string;
  /** Whether greater values admit more. */
  readonly upper: boolean;
  /** Types to which it applies. */
  readonly types: readonly string[];
  /** Value that limits nothing. */
  readonly none?: number;
}

const NUMBERS = ["integer", "number"];

const BOUNDS: readonly Bound[] = [
  { keyword: "minLength", upper: false, types: ["string"], none: 0 },
  { keyword: "maxLength", upper: true, types: ["string"] },
  { keyword: "minItems", upper: false, types: ["array"], none: 0 },
  { keyword: "maxItems", upper: true, types: ["array"] },
  { keyword: "minContains", upper: false, types: ["array"], none: 1 },
  { keyword: "maxContains", upper: true, types: ["array"] },
  { keyword: "minProperties", upper: false, types: ["object"], none: 0 },
  { keyword: "maxProperties", upper: true, types: ["object"] },
];

/** Compares the limits of the types that both versions allow. */
export function compareBounds(pair: SchemaPair, common: ReadonlySet<string>): void {
  for (const { keyword, upper, types, none } of BOUNDS) {
    if (!types.some((type) => common.has(type))) continue;
    const limit = (schema: FlatSchema): number | undefined => {
      const value = tightest(numbers(schema, keyword), upper);
      return value === none ? undefined : value;
    };
    const [before, after] = [limit(pair.before), limit(pair.after)];
    const change = compareLimits(
      before === undefined ? undefined : { value: before, exclusive: false },
      after === undefined ? undefined : { value: after, exclusive: false },
      upper,
    );
    if (change !== undefined) {
      pair.report({
        effect: change,
        message: `${keyword} ${describe(before?.toString(), after?.toString())}`,
        ...placeOf(pair, keyword),
      });
    }
  }
  if (NUMBERS.some((type) => common.has(type))) {
    compareRange(pair, { keyword: "minimum", upper: false, types: NUMBERS });
    compareRange(pair, { keyword: "maximum", upper: true, types: NUMBERS });
    compareMultiple(pair);
  }
  if (common.has("array")) compareUnique(pair);
}

interface Limit {
  readonly value: number;
  readonly exclusive: boolean;
}

function compareRange(pair: SchemaPair, { keyword, upper }: Bound): void {
  const exclusive = upper ? "exclusiveMaximum" : "exclusiveMinimum";
  const [before, after] = [pair.before, pair.after].map((schema): Limit | undefined => {
    const included = tightest(numbers(schema, keyword), upper);
    const excluded = tightest(numbers(schema, exclusive), upper);
    if (included === undefined && excluded === undefined) return undefined;
    const isExclusive = excluded !== undefined &&
      (included === undefined || (upper ? excluded <= included : excluded >= included));
    return { value: (isExclusive ? excluded : included) ?? 0, exclusive: isExclusive };
  });
  const change = compareLimits(before, after, upper);
  if (change === undefined) return;
  const text = (limit: Limit | undefined): string | undefined =>
    limit === undefined ? undefined : `${limit.value}${limit.exclusive ? " (excluded)" : ""}`;
  const at = (after ?? before)?.exclusive === true ? exclusive : keyword;
  pair.report({
    effect: change,
    message: `${keyword} ${describe(text(before), text(after))}`,
    ...placeOf(pair, at),
  });
}

function compareLimits(
  before: Limit | undefined,
  after: Limit | undefined,
  upper: boolean,
): "narrows" | "widens" | undefined {
  if (before === undefined || after === undefined) {
    return before === after ? undefined : before === undefined ? "narrows" : "widens";
  }
  if (before.value === after.value) {
    return before.exclusive === after.exclusive ? undefined : after.exclusive ? "narrows" : "widens";
  }
  return (after.value > before.value) === upper ? "widens" : "narrows";
}

function describe(before: string | undefined, after: string | undefined): string {
  if (before === undefined) return `${after} added`;
  return after === undefined ? `${before} removed` : `changed from ${before} to ${after}`;
}

function numbers({ keywords }: FlatSchema, keyword: string): readonly number[] {
  return (keywords.get(keyword) ?? []).flatMap(({ value }) => typeof value === "number" ? [value] : []);
}

function tightest(values: readonly number[], upper: boolean): number | undefined {
  if (values.length === 0) return undefined;
  return upper ? Math.min(...values) : Math.max(...values);
}

function compareMultiple(pair: SchemaPair): void {
  const { before: [before], after: [after] } = valuesIn(pair, "multipleOf");
  if (before === after) return;
  const place = placeOf(pair, "multipleOf");
  const message = `multipleOf ${describe(before?.toString(), after?.toString())}`;
  if (typeof before !== "number") pair.report({ effect: "narrows", message, ...place });
  else if (typeof after !== "number") pair.report({ effect: "widens", message, ...place });
  else {
    const effect = isMultiple(after, before) ? "narrows" : isMultiple(before, after) ? "widens" : "replaces";
    pair.report({ effect, message, ...place });
  }
}

function isMultiple(value: number, of: number): boolean {
  const quotient = value / of;
  return Math.abs(quotient - Math.round(quotient)) < 1e-9;
}

function compareUnique(pair: SchemaPair): void {
  const { before, after } = valuesIn(pair, "uniqueItems");
  const [old, now] = [before.includes(true), after.includes(true)];
  if (old === now) return;
  pair.report({
    effect: now ? "narrows" : "widens",
    message: now ? "items must now be unique" : "items may now repeat",
    ...placeOf(pair, "uniqueItems"),
  });
}
