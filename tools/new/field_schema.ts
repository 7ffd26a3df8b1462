import type { Field } from "./field.ts";
import { capitalized, type ServiceNames } from "./names.ts";

/** Returns the name of the schema of a field, such as "OrderAmount". */
export function schemaName({ name }: Field, { singular }: Pick<ServiceNames, "singular">): string {
  return `${singular.pascal}${name.pascal}`;
}

/** Returns the schema of a field, as indented lines of YAML. */
export function fieldSchema(field: Field, names: Pick<ServiceNames, "singular">): string {
  const lines = [
    `description: ${capitalized(field.name.words)} of the ${names.singular.words}${addition(field)}`,
    ...keywords(field),
  ];
  return `    ${schemaName(field, names)}:\n${lines.map((line) => `      ${line}\n`).join("")}`;
}

function addition({ type }: Field): string {
  switch (type.kind) {
    case "text":
      return `, 1 to ${type.max} characters after trimming whitespace`;
    case "money":
      return ", with exactly the decimal places of its currency, greater than zero";
    case "timestamp":
      return ", in UTC";
    default:
      return "";
  }
}

/** Returns the keywords of the schema of a field, as lines of YAML. */
export function keywords({ type, isOptional }: Field): readonly string[] {
  const typed = (name: string): string => `type: ${isOptional ? `[${name}, "null"]` : name}`;
  switch (type.kind) {
    case "text":
      return [
        ...[typed("string"), "minLength: 1", `maxLength: ${type.max}`, String.raw`pattern: '\S'`],
        "x-pattern-message: must have a character that is not whitespace",
      ];
    case "integer":
      return [typed("integer"), "format: int32", `minimum: ${type.min}`, `maximum: ${type.max}`];
    case "enum":
      return [
        typed("string"),
        `enum: [${type.values.map((value) => JSON.stringify(value)).join(", ")}${
          isOptional ? ", null" : ""
        }]`,
      ];
    case "boolean":
      return [typed("boolean")];
    case "money":
      return [
        ...[typed("object"), "additionalProperties: false", "required: [amount, currency]", "properties:"],
        "  amount:",
        ...["    type: string", "    minLength: 1", "    maxLength: 64"],
        String.raw`    pattern: '^(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$'`,
        "    x-pattern-message: must be a decimal number in ASCII digits, without sign, exponent or leading zeros",
        '    examples: ["12.34"]',
        "  currency:",
        ...["    type: string", "    description: ISO 4217 code", '    pattern: "^[A-Z]{3}$"'],
        ...["    x-pattern-message: must be an ISO 4217 code, such as BRL", "    examples: [BRL]"],
      ];
    case "date":
      return [
        ...[typed("string"), "format: date", 'pattern: "^[1-9]"'],
        ...["x-pattern-message: must be a date from the year 1000", 'examples: ["2026-11-29"]'],
      ];
    case "timestamp":
      return [
        ...[typed("string"), "format: date-time"],
        String.raw`pattern: '^[1-9]\d{3}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?Z$'`,
        "x-pattern-message: must be in UTC with at most six decimal places, such as 2026-11-29T12:00:00Z",
        'examples: ["2026-11-29T12:00:00Z"]',
      ];
    case "uuid":
      return [typed("string"), "format: uuid"];
    case "email":
      return [
        ...[typed("string"), "format: email", "maxLength: 254", 'pattern: "^(?![^@]{65})"'],
        ...['x-pattern-message: must have at most 64 characters before "@"', "examples: [ada@example.com]"],
      ];
  }
}
