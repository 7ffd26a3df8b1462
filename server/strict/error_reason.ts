import type { ValidationError } from "../operation.ts";

const MAX_ALLOWED_LISTED = 20;

/** Describes a schema violation for clients, without the value. */
export function errorReason(error: ValidationError): string {
  const { keyword, params, message } = error;
  switch (keyword) {
    case "required":
    case "dependentRequired":
      return "is required";
    case "additionalProperties":
    case "unevaluatedProperties":
      return "unknown property";
    case "propertyNames":
      return "has a property with an invalid name";
    case "false schema":
      return "is not allowed";
    case "type":
      return `must be ${orList(params["type"], "of a different type")}`;
    case "enum":
      return `must be one of ${allowedValues(params["allowedValues"])}`;
    case "const":
      return `must be ${JSON.stringify(params["allowedValue"])}`;
    case "format":
      return typeof params["format"] === "string"
        ? `must be a valid ${params["format"]}`
        : "has an invalid format";
    case "uniqueItems":
      return "must not contain duplicate items";
    case "oneOf":
      return "must match exactly one of the documented schemas";
    case "anyOf":
      return "must match one of the documented schemas";
    case "minimum":
      return `must be at least ${params["limit"]}`;
    case "maximum":
      return `must be at most ${params["limit"]}`;
    case "exclusiveMinimum":
      return `must be greater than ${params["limit"]}`;
    case "exclusiveMaximum":
      return `must be less than ${params["limit"]}`;
    case "minLength":
    case "maxLength":
    case "minItems":
    case "maxItems":
    case "minProperties":
    case "maxProperties":
      return `must have ${keyword.startsWith("min") ? "at least" : "at most"} ${
        quantity(keyword, params["limit"])
      }`;
    default:
      return (message ?? "is not valid").replace("must NOT", "must not");
  }
}

/** Returns a number of what a keyword counts, such as "1 character" or "3 items". */
function quantity(keyword: string, limit: unknown): string {
  const [one, many] = NOUNS[keyword.slice(3)] ?? ["", ""];
  return `${limit} ${limit === 1 ? one : many}`;
}

const NOUNS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  Length: ["character", "characters"],
  Items: ["item", "items"],
  Properties: ["property", "properties"],
};

/** Joins type names with "or"; Ajv lists them as an array or separated by commas. */
export function orList(types: unknown, otherwise: string): string {
  const names = Array.isArray(types) ? types.map(String) : typeof types === "string" ? types.split(",") : [];
  const articled = names.map((name) =>
    name === "null" ? name : /^[aeio]/.test(name) ? `an ${name}` : `a ${name}`
  );
  return articled.length === 0 ? otherwise : articled.join(" or ");
}

function allowedValues(values: unknown): string {
  if (!Array.isArray(values)) return "the documented values";
  const listed = values.slice(0, MAX_ALLOWED_LISTED).map((value) => JSON.stringify(value)).join(", ");
  return values.length > MAX_ALLOWED_LISTED ? `${listed}, …` : listed;
}
