import type { PayloadIssue, PayloadResult, PayloadSchema } from "./job.ts";

/** Values of fields by their type. */
interface FieldValues {
  readonly string: string;
  readonly integer: number;
  readonly number: number;
  readonly boolean: boolean;
  readonly uuid: string;
  /** RFC 3339, such as "2026-11-29T12:00:00Z". */
  readonly timestamp: string;
}

type FieldType = keyof FieldValues;

/** Types of fields by name; those that end with a question mark may be absent. */
export type PayloadFields = Readonly<Record<string, FieldType | `${FieldType}?`>>;

/** Payload with fields. */
export type ObjectPayload<F extends PayloadFields> =
  & {
    readonly [N in keyof F as F[N] extends FieldType ? N : never]: F[N] extends FieldType ? FieldValues[F[N]]
      : never;
  }
  & {
    readonly [N in keyof F as F[N] extends FieldType ? never : N]?: F[N] extends
      `${infer T extends FieldType}?` ? FieldValues[T] | undefined : never;
  };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

type Check = readonly [check: (value: unknown) => boolean, message: string];

const REQUIRED: Readonly<Record<FieldType, Check>> = {
  string: [(value) => typeof value === "string", "must be a string"],
  integer: [Number.isSafeInteger, "must be an integer"],
  number: [Number.isFinite, "must be a number"],
  boolean: [(value) => typeof value === "boolean", "must be true or false"],
  uuid: [(value) => typeof value === "string" && UUID.test(value), "must be a UUID"],
  timestamp: [
    (value) => typeof value === "string" && TIMESTAMP.test(value) && !Number.isNaN(Date.parse(value)),
    "must be a time such as 2026-11-29T12:00:00Z",
  ],
};

const CHECKS: Readonly<Record<FieldType | `${FieldType}?`, Check>> = {
  ...REQUIRED,
  "string?": REQUIRED.string,
  "integer?": REQUIRED.integer,
  "number?": REQUIRED.number,
  "boolean?": REQUIRED.boolean,
  "uuid?": REQUIRED.uuid,
  "timestamp?": REQUIRED.timestamp,
};

/**
 * Returns the schema of a payload with a few fields, such as `{ orderId: "uuid", note: "string?" }`. Other properties are
 * accepted, as a newer program may have added them.
 */
export function objectPayload<const F extends PayloadFields>(fields: F): PayloadSchema<ObjectPayload<F>> {
  return {
    "~standard": {
      version: 1,
      vendor: "archway",
      validate(value): PayloadResult<ObjectPayload<F>> {
        const issues: PayloadIssue[] = [];
        return isValid(value, { fields, issues }) ? { value } : { issues };
      },
    },
  };
}

function isValid<F extends PayloadFields>(
  value: unknown,
  { fields, issues }: { readonly fields: F; readonly issues: PayloadIssue[] },
): value is ObjectPayload<F> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    issues.push({ message: "must be an object" });
    return false;
  }
  const found = new Map<string, unknown>(Object.entries(value));
  for (const [name, type] of Object.entries(fields)) {
    const field = found.get(name);
    if (field === undefined && type.endsWith("?")) continue;
    const [check, message] = CHECKS[type];
    if (!check(field)) issues.push({ message: field === undefined ? "is missing" : message, path: [name] });
  }
  return issues.length === 0;
}
