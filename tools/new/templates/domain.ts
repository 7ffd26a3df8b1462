import { type Field, propertiesOf } from "../field.ts";
import { declarations, enumType, normalized, ruleOf } from "../field_code.ts";
import { capitalized } from "../names.ts";
import type { NewService } from "../new_service.ts";
import { parentRule } from "./parent.ts";

/** Functions of rules, by the kind of the fields that have them. */
export const RULE_FUNCTIONS: Partial<Record<Field["type"]["kind"], string>> = {
  text: `
/** Whether a text has 1 to \`max\` characters (code points). */
function hasLength(text: string, max: number): boolean {
  const { length } = [...text];
  return length >= 1 && length <= max;
}
`,
  email: `
/** Whether a text has the form of an e-mail address, within the limits of RFC 5321, section 4.5.3.1. */
function isAddress(text: string): boolean {
  return text.length <= 254 && /^[^@\\s]{1,64}@[^@\\s]+$/.test(text);
}
`,
};

/** Returns the domain type of a service with its rules. */
export function domainText(service: NewService): string {
  const { names, fields, parent } = service;
  const { singular, one } = names;
  const Type = singular.pascal;
  const kinds = new Set(fields.map(({ type }) => type.kind));
  const rules = fields.flatMap((field) => {
    const rule = ruleOf(field);
    return rule === undefined ? [] : [{ field: field.name.camel, ...rule }];
  });
  const properties = fields.flatMap(propertiesOf).map((property) => JSON.stringify(property));
  const times = kinds.has("timestamp")
    ? 'import { microsecondsOf, type Timestamp, timestampOf } from "@archway/db/timestamp.ts";'
    : 'import type { Timestamp } from "@archway/db/timestamp.ts";';
  const errors = rules.length === 0 && parent !== undefined
    ? 'import { invalidError, type ResourceErrorCode } from "@archway/service_kit/domain_error.ts";'
    : rules.length > 0
    ? 'import { type FieldError, invalidError, type ResourceErrorCode } from "@archway/service_kit/domain_error.ts";'
    : 'import type { ResourceErrorCode } from "@archway/service_kit/domain_error.ts";';
  const form = kinds.has("text") || kinds.has("email") ? " Texts are in Unicode normalization form C." : "";
  const comment = rules.length === 0 ? `/** Returns the input in stored form.${form} */` : `/**
 * Validates the input and returns it in stored form.${form}
 *
 * @throws {DomainError} "invalid-${singular.kebab}", with every violation.
 */`;
  return `${times}
${errors}

${fields.flatMap((field) => enumType(field, names) ?? []).map((text) => `${text}\n`).join("")}/** ${
    capitalized(one)
  }. */
export interface ${Type} {
  /** UUIDv7. */
  readonly id: string;
${fields.flatMap((field) => declarations(field, names)).join("\n")}
  /** Number of the version, from 1; determines the ETag. */
  readonly version: bigint;
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
}

/** Properties of ${one} that clients set. */
export type ${Type}Input = Pick<${Type}, ${properties.join(" | ")}>;

/** Error codes of the service. */
export type ${Type}ErrorCode = ResourceErrorCode<"${singular.kebab}">${
    parent === undefined ? "" : ` | "unknown-${parent.names.kebab}"`
  };

${comment}
export function normalizeInput(input: ${Type}Input): ${Type}Input {
${
    rules.length > 0
      ? `const normalized = { ${fields.flatMap(normalized).join(", ")} };
  const fieldErrors: FieldError[] = [];
${
        rules.map(({ field, isViolated, reason }) =>
          `if (${isViolated}) { fieldErrors.push({ field: "${field}", reason: "${reason}" }); }\n`
        ).join("")
      }  if (fieldErrors.length > 0) throw invalidError("${singular.kebab}", fieldErrors);
  return normalized;`
      : `return { ${fields.flatMap(normalized).join(", ")} };`
  }
}
${parentRule(service)}${[...kinds].map((kind) => RULE_FUNCTIONS[kind] ?? "").join("")}`;
}
