import { type Field, propertiesOf } from "./field.ts";
import { capitalized, type ServiceNames } from "./names.ts";

/** Returns the properties of a field in the domain type, each with its line. */
export function declarations(field: Field, { singular }: Pick<ServiceNames, "singular">): readonly string[] {
  const { name, type, isOptional } = field;
  const suffix = isOptional ? " | null" : "";
  const line = (property: string, text: string): string => `  readonly ${property}: ${text}${suffix};`;
  switch (type.kind) {
    case "money":
      return [
        "  /** In minor units of its currency. */",
        line(name.camel, "bigint"),
        "  /** ISO 4217 code. */",
        line(`${name.camel}Currency`, "string"),
      ];
    case "integer":
      return [line(name.camel, "number")];
    case "boolean":
      return [line(name.camel, "boolean")];
    case "enum":
      return [line(name.camel, `${singular.pascal}${name.pascal}`)];
    case "timestamp":
      return [line(name.camel, "Timestamp")];
    case "date":
      return ['  /** As in "2026-11-29". */', line(name.camel, "string")];
    default:
      return [line(name.camel, "string")];
  }
}

/** Returns the type of an enum; undefined for other fields. */
export function enumType(
  { name, type }: Field,
  { singular, one }: Pick<ServiceNames, "singular" | "one">,
): string | undefined {
  if (type.kind !== "enum") return undefined;
  const values = type.values.map((value) => JSON.stringify(value)).join(" | ");
  return `/** ${
    capitalized(name.words)
  } of ${one}. */\nexport type ${singular.pascal}${name.pascal} = ${values};\n`;
}

/** Returns the members of an object with the stored form of `input`. */
export function normalized(field: Field): readonly string[] {
  const { name, type, isOptional } = field;
  const value = `input.${name.camel}`;
  const called = (calls: string): string => isOptional ? `${value}?${calls} ?? null` : `${value}${calls}`;
  switch (type.kind) {
    case "text":
      return [`${name.camel}: ${called('.normalize("NFC").trim()')}`];
    case "email":
      return [`${name.camel}: ${called('.normalize("NFC")')}`];
    case "uuid":
      return [`${name.camel}: ${called(".toLowerCase()")}`];
    case "timestamp": {
      const text = `timestampOf(microsecondsOf(${value}))`;
      return [`${name.camel}: ${isOptional ? `${value} === null ? null : ${text}` : text}`];
    }
    default:
      return propertiesOf(field).map((property) => `${property}: input.${property}`);
  }
}

/** Returns the violation of a field's rule, and its reason; undefined if its type is its only rule. */
export function ruleOf(
  { name, type, isOptional }: Field,
): { readonly isViolated: string; readonly reason: string } | undefined {
  const value = `normalized.${name.camel}`;
  const unlessNull = (condition: string): string =>
    isOptional ? `${value} !== null && ${condition}` : condition;
  switch (type.kind) {
    case "text":
      return {
        isViolated: unlessNull(`!hasLength(${value}, ${type.max})`),
        reason: `must have 1 to ${type.max} characters after trimming whitespace`,
      };
    case "integer":
      return {
        isViolated: unlessNull(
          `!(Number.isInteger(${value}) && ${value} >= ${type.min} && ${value} <= ${type.max})`,
        ),
        reason: `must be an integer from ${type.min} to ${type.max}`,
      };
    case "email":
      return { isViolated: unlessNull(`!isAddress(${value})`), reason: "must be an e-mail address" };
    default:
      return undefined;
  }
}

/** Returns the member of a representation, of the resource in a variable. */
export function toJsonMember({ name: { camel }, type, isOptional }: Field, variable: string): string {
  const value = `${variable}.${camel}`;
  if (type.kind !== "money") return `${camel}: ${value}`;
  const money = `formatMoney({ units: ${value}, currency: ${value}Currency })`;
  return isOptional
    ? `${camel}: ${value} === null || ${value}Currency === null ? null : ${money}`
    : `${camel}: ${money}`;
}

/** Returns the members of the input, of a request in `body`; those of money, of what was parsed in `money`. */
export function fromJsonMembers({ name: { camel }, type, isOptional }: Field): readonly string[] {
  if (type.kind === "money") {
    const [value, absent] = isOptional ? [`money.${camel}?`, " ?? null"] : [`money.${camel}`, ""];
    return [`${camel}: ${value}.units${absent}`, `${camel}Currency: ${value}.currency${absent}`];
  }
  return [`${camel}: body.${camel}${isOptional ? " ?? null" : ""}`];
}

/** Returns the member of `money`, for a field of money. */
export function parsedMoney({ name: { camel }, isOptional }: Field): string {
  const parsed = `parseMoney(body.${camel}, "/${camel}")`;
  return `${camel}: ${isOptional ? `body.${camel} ? ${parsed} : null` : parsed}`;
}

/** Returns the member of a filter, of the query of a request. */
export function filterMember({ name: { camel }, type }: Field): string {
  const calls: Partial<Record<typeof type.kind, string>> = {
    text: '?.normalize("NFC").trim()',
    email: '?.normalize("NFC")',
    uuid: "?.toLowerCase()",
  };
  return `${camel}: query.${camel}${calls[type.kind] ?? ""}`;
}
