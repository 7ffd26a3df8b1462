import type { ValidationError, Validator } from "../operation.ts";

/** Subset of JSON Schema that the test documents use. */
export interface ObjectSchema {
  readonly required?: readonly string[];
  readonly types?: Readonly<Record<string, "string" | "integer">>;
  readonly inside?: Readonly<Record<string, ObjectSchema>>;
}

/** Creates a substitute for a generated validator that reports all errors at once, like Ajv. */
export function objectValidator(schema: ObjectSchema): Validator {
  function validate(value: unknown): boolean {
    const errors = check(value, schema, "");
    validator.errors = errors;
    return errors.length === 0;
  }
  const validator: Validator = Object.assign(validate, { errors: null });
  return validator;
}

function check(value: unknown, schema: ObjectSchema, at: string): ValidationError[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [{ instancePath: at, keyword: "type", params: { type: "object" }, message: "must be object" }];
  }
  const members = new Map(Object.entries(value));
  const errors: ValidationError[] = [];
  for (const missingProperty of schema.required ?? []) {
    if (!members.has(missingProperty)) {
      errors.push({ instancePath: at, keyword: "required", params: { missingProperty } });
    }
  }
  for (const [name, type] of Object.entries(schema.types ?? {})) {
    const member = members.get(name);
    const fits = member === undefined ||
      (type === "string" ? typeof member === type : Number.isInteger(member));
    if (!fits) errors.push({ instancePath: `${at}/${name}`, keyword: "type", params: { type } });
  }
  for (const [name, inner] of Object.entries(schema.inside ?? {})) {
    errors.push(...check(members.get(name), inner, `${at}/${name}`));
  }
  return errors;
}
