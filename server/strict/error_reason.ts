import type { ValidationError } from "../operation.ts";

const MAX_ALLOWED_LISTED = 20;

/** Says in clear English what a broken rule asks for; never what was sent. */
export function errorReason(error: ValidationError): string {
  const { keyword, params, message } = error;
  switch (keyword) {
    case "required":
    case "dependentRequired":
      return "is required";
    case "additionalProperties":
    case "unevaluatedProperties":
      return "is not a known member";
    case "propertyNames":
      return "has a member whose name is not allowed";
    case "false schema":
      return "is not allowed here";
    case "type":
      return `must be ${orList(params["type"], "of another type")}`;
    case "enum":
      return `must be one of ${allowedValues(params["allowedValues"])}`;
    case "const":
      return `must be ${JSON.stringify(params["allowedValue"])}`;
    case "format":
      return typeof params["format"] === "string"
        ? `must be a valid ${params["format"]}`
        : "has a wrong format";
    case "uniqueItems":
      return "must not have the same item twice";
    case "oneOf":
      return "must match exactly one of the documented forms";
    case "anyOf":
      return "must match one of the documented forms";
    default:
      return (message ?? "is not valid").replace("must NOT", "must not").replaceAll(
        /^(must not have (?:more|fewer) than 1) (character|item|propertie)s$/g,
        (_all, start: string, noun: string) => `${start} ${noun === "propertie" ? "property" : noun}`,
      );
  }
}

/** "string", or "string or null" for the two forms in which Ajv names types. */
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
