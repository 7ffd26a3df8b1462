import { entries, isArray, isObject, type Located } from "../oapi_codegen/document/json_value.ts";
import { REQUIRED_OF_REQUESTS, REQUIRED_OF_RESPONSES } from "../oapi_codegen/schemas/schema_walk.ts";
import type { Direction } from "./change.ts";
import type { FlatSchema, SchemaSet } from "./flat_schema.ts";
import { ANYTHING, placeOf, type SchemaPair, setsAt } from "./schema_pair.ts";

/** Compares the properties of objects. */
export function compareObjects(pair: SchemaPair): void {
  compareProperties(pair);
  compareOthers(pair);
  compareMaps(pair);
  compareDependentRequired(pair);
}

interface Property {
  readonly set: SchemaSet;
  /** Whether the direction's sender sends it. */
  readonly visible: boolean;
  readonly deprecated: boolean;
}

function propertiesOf(
  schema: FlatSchema,
  direction: Direction,
  flat: (set: SchemaSet) => FlatSchema,
): ReadonlyMap<string, Property> {
  const found = new Map<string, Located[]>();
  for (const part of schema.keywords.get("properties") ?? []) {
    for (const [name, property] of entries(part)) found.set(name, [...found.get(name) ?? [], property]);
  }
  const hidden = direction === "request" ? "readOnly" : "writeOnly";
  return new Map([...found].map(([name, parts]): [string, Property] => {
    const has = (keyword: string): boolean =>
      flat({ parts }).keywords.get(keyword)?.some(({ value }) => value === true) ?? false;
    return [name, { set: { parts }, visible: !has(hidden), deprecated: has("deprecated") }];
  }));
}

function compareProperties(pair: SchemaPair): void {
  const { direction } = pair.use;
  const before = propertiesOf(pair.before, direction, (set) => pair.flat(set, "before"));
  const after = propertiesOf(pair.after, direction, (set) => pair.flat(set, "after"));
  for (const [name, property] of before) {
    const now = after.get(name);
    if (!property.visible) continue;
    if (now?.visible) pair.descend({ before: property.set, after: now.set });
    else reportRemoved(pair, { name, property, hidden: now });
  }
  for (const [name, property] of after) {
    if (!property.visible || before.get(name)?.visible) continue;
    reportAdded(pair, { name, property });
  }
  compareRequired(pair, (name) => before.get(name)?.visible === false || after.get(name)?.visible === false);
}

function reportRemoved(
  pair: SchemaPair,
  { name, property, hidden }: { name: string; property: Property; hidden: Property | undefined },
): void {
  const { direction } = pair.use;
  const how = hidden === undefined ? "removed" : direction === "request" ? "now read-only" : "now write-only";
  const required = requiredOf(pair.before, direction).has(name);
  const place = hidden === undefined
    ? { pointer: property.set.parts[0]?.pointer ?? "", side: "before" } as const
    : { pointer: hidden.set.parts[0]?.pointer ?? "", side: "after" } as const;
  const kind = required && direction === "response" ? "required property" : "property";
  const was = property.deprecated ? "deprecated " : "";
  const message = `${was}${kind} ${how}`;
  if (direction === "response") {
    // An open object had every property before; only the promise to send it is lost.
    const level = required && !property.deprecated ? "breaking" : "risky";
    pair.report({ effect: required ? "widens" : "note", level, message, ...place });
  } else {
    const closed = isClosed(pair.after) && hidden === undefined;
    pair.report({
      effect: closed ? "narrows" : "note",
      level: closed ? "breaking" : "risky",
      message,
      ...place,
    });
  }
}

function reportAdded(pair: SchemaPair, { name, property }: { name: string; property: Property }): void {
  const { direction } = pair.use;
  const place = { pointer: property.set.parts[0]?.pointer ?? "", side: "after" } as const;
  const required = requiredOf(pair.after, direction).has(name) &&
    !requiredOf(pair.before, direction).has(name);
  if (required && direction === "request") {
    pair.report({ effect: "narrows", message: "required property added", ...place });
    return;
  }
  const level = direction === "response" && isClosed(pair.before) ? "risky" : "safe";
  const effect = isClosed(pair.before) ? "widens" : "note";
  pair.report({ effect, level, message: "property added", ...place });
}

/** Returns the properties that the direction's sender must send. */
function requiredOf({ keywords }: FlatSchema, direction: Direction): ReadonlySet<string> {
  const lists = [
    ...keywords.get("required") ?? [],
    ...keywords.get(direction === "response" ? REQUIRED_OF_RESPONSES : REQUIRED_OF_REQUESTS) ?? [],
  ];
  return new Set(lists.flatMap(({ value }) => isArray(value) ? value.map(String) : []));
}

function namesOf({ keywords }: FlatSchema): ReadonlySet<string> {
  return new Set(
    (keywords.get("properties") ?? []).flatMap((part) => [...entries(part)].map(([name]) => name)),
  );
}

/** Reports changes of `required`, except of properties that are reported as added or removed. */
function compareRequired(pair: SchemaPair, isHidden: (name: string) => boolean): void {
  const { direction } = pair.use;
  const [before, after] = [requiredOf(pair.before, direction), requiredOf(pair.after, direction)];
  const [old, now] = [namesOf(pair.before), namesOf(pair.after)];
  for (const name of after.difference(before)) {
    if ((now.has(name) && !old.has(name)) || isHidden(name)) continue;
    pair.report({
      effect: "narrows",
      message: `property ${name} is now required`,
      ...placeOf(pair, "required"),
    });
  }
  for (const name of before.difference(after)) {
    if ((old.has(name) && !now.has(name)) || isHidden(name)) continue;
    pair.report({
      effect: "widens",
      message: `property ${name} is no longer required`,
      ...placeOf(pair, "required"),
    });
  }
}

/** Whether an object has no properties but those it lists. `additionalProperties` evaluates all others. */
function isClosed({ keywords }: FlatSchema): boolean {
  const has = (keyword: string): boolean =>
    keywords.get(keyword)?.some(({ value }) => value === false) ?? false;
  return has("additionalProperties") ||
    (has("unevaluatedProperties") && !keywords.has("additionalProperties"));
}

function compareOthers(pair: SchemaPair): void {
  const [before, after] = [isClosed(pair.before), isClosed(pair.after)];
  if (before !== after) {
    const response = pair.use.direction === "response";
    const keyword = pair.after.keywords.has("unevaluatedProperties")
      ? "unevaluatedProperties"
      : "additionalProperties";
    pair.report({
      effect: after ? "narrows" : "widens",
      // Clients of the web ignore properties they do not know.
      level: response && before ? "risky" : undefined,
      message: after ? "other properties are no longer allowed" : "other properties are now allowed",
      ...placeOf(pair, keyword),
    });
    return;
  }
  for (const keyword of ["additionalProperties", "unevaluatedProperties", "propertyNames"]) {
    if (keyword === "unevaluatedProperties" && setsAt(pair, "additionalProperties").after !== undefined) {
      continue;
    }
    const sets = setsAt(pair, keyword);
    if ((sets.before ?? sets.after) === undefined) continue;
    pair.descend({ before: sets.before ?? ANYTHING, after: sets.after ?? ANYTHING });
  }
}

function compareMaps(pair: SchemaPair): void {
  for (const keyword of ["patternProperties", "dependentSchemas"]) {
    const [before, after] = [pair.before, pair.after].map(({ keywords }) =>
      new Map((keywords.get(keyword) ?? []).flatMap((part) => [...entries(part)]))
    );
    for (const name of new Set([...before?.keys() ?? [], ...after?.keys() ?? []])) {
      const [old, now] = [before?.get(name), after?.get(name)];
      if (old !== undefined && now !== undefined) {
        pair.descend({ before: { parts: [old] }, after: { parts: [now] } });
      } else if (now !== undefined) {
        const message = `${keyword} ${name} added`;
        pair.report({ effect: "narrows", message, pointer: now.pointer, side: "after" });
      } else if (old !== undefined) {
        const message = `${keyword} ${name} removed`;
        pair.report({ effect: "widens", message, pointer: old.pointer, side: "before" });
      }
    }
  }
}

function compareDependentRequired(pair: SchemaPair): void {
  const pairsOf = ({ keywords }: FlatSchema): ReadonlySet<string> =>
    new Set(
      (keywords.get("dependentRequired") ?? []).flatMap(({ value }) =>
        isObject(value)
          ? Object.entries(value).flatMap(([name, needed]) =>
            isArray(needed) ? needed.map((other) => `${name} requires ${String(other)}`) : []
          )
          : []
      ),
    );
  const [before, after] = [pairsOf(pair.before), pairsOf(pair.after)];
  for (const rule of after.difference(before)) {
    pair.report({ effect: "narrows", message: `property ${rule}`, ...placeOf(pair, "dependentRequired") });
  }
  for (const rule of before.difference(after)) {
    pair.report({
      effect: "widens",
      message: `property ${rule} no longer`,
      ...placeOf(pair, "dependentRequired"),
    });
  }
}
