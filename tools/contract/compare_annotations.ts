import { isSame } from "./types_of.ts";
import { placeOf, type SchemaPair, valuesIn } from "./schema_pair.ts";

/** Compares what does not limit values: the default, the deprecation and the discriminator. */
export function compareAnnotations(pair: SchemaPair): void {
  compareDefault(pair);
  compareDeprecated(pair);
  compareDiscriminator(pair);
  for (const keyword of ["contentEncoding", "contentMediaType"]) {
    const { before: [before], after: [after] } = valuesIn(pair, keyword);
    if (before === after) continue;
    pair.report({
      effect: "replaces",
      message: `${keyword} changed from ${String(before ?? "none")} to ${String(after ?? "none")}`,
      ...placeOf(pair, keyword),
    });
  }
}

function compareDefault(pair: SchemaPair): void {
  const { before: [before], after: [after] } = valuesIn(pair, "default");
  if (isSame(before, after)) return;
  const text = after === undefined
    ? `default ${JSON.stringify(before)} removed`
    : before === undefined
    ? `default ${JSON.stringify(after)} added`
    : `default changed from ${JSON.stringify(before)} to ${JSON.stringify(after)}`;
  // Requests that leave it out now mean something else.
  const level = pair.use.direction === "request" ? "risky" : "safe";
  pair.report({ effect: "note", level, message: text, ...placeOf(pair, "default") });
}

function compareDeprecated(pair: SchemaPair): void {
  const { before, after } = valuesIn(pair, "deprecated");
  const [old, now] = [before.includes(true), after.includes(true)];
  if (old === now) return;
  const message = now ? "deprecated" : "no longer deprecated";
  pair.report({ effect: "note", message, ...placeOf(pair, "deprecated") });
}

function compareDiscriminator(pair: SchemaPair): void {
  const { before: [before], after: [after] } = valuesIn(pair, "discriminator");
  if (isSame(before, after)) return;
  const message = after === undefined
    ? "discriminator removed"
    : before === undefined
    ? "discriminator added"
    : "discriminator changed";
  const level = before === undefined ? "safe" : "risky";
  pair.report({ effect: "note", level, message, ...placeOf(pair, "discriminator") });
}
