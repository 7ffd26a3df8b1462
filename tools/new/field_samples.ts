import type { Field } from "./field.ts";

/** Sample values of a field. */
export interface FieldSamples {
  /** Two different values, in JSON. */
  readonly json: readonly [unknown, unknown];
  /** A value that the document does not allow, in JSON. */
  readonly invalid: unknown;
  /** JSON Pointer of the error about it. */
  readonly pointer: string;
  /** Properties of the domain type, as code, of the first value. */
  readonly domain: readonly string[];
}

const UUIDS = ["0193a3f0-0000-7000-8000-000000000001", "0193a3f0-0000-7000-8000-000000000002"] as const;

/** Returns a value as code, as `deno fmt` leaves it. */
export function literal(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value).map(([name, member]) => `${name}: ${literal(member)}`).join(", ")} }`;
}

/** Returns the samples for the tests of a field. */
export function samplesOf({ name: { camel }, type }: Field): FieldSamples {
  const simple = (first: unknown, second: unknown, invalid: unknown): FieldSamples => ({
    json: [first, second],
    invalid,
    pointer: `/${camel}`,
    domain: [`${camel}: ${JSON.stringify(first)}`],
  });
  switch (type.kind) {
    case "text":
      return simple("First".slice(0, type.max), "Second".slice(0, type.max), " ");
    case "integer": {
      const first = Math.min(Math.max(1, type.min), type.max - 1);
      return simple(first, first + 1, first + 0.5);
    }
    case "enum":
      return simple(type.values[0], type.values[1], " ");
    case "boolean":
      return simple(true, false, "yes");
    case "date":
      return simple("2026-11-29", "2026-12-24", "2026-02-30");
    case "timestamp":
      return simple("2026-11-29T12:00:00Z", "2026-12-24T18:30:00.5Z", "2026-11-29T12:00:00+01:00");
    case "uuid":
      return simple(...UUIDS, "1");
    case "email":
      return simple("ada@example.com", "grace@example.com", "no address");
    case "money":
      return {
        json: [{ amount: "12.34", currency: "BRL" }, { amount: "5", currency: "JPY" }],
        invalid: { amount: "-1", currency: "BRL" },
        pointer: `/${camel}/amount`,
        domain: [`${camel}: 1234n`, `${camel}Currency: "BRL"`],
      };
  }
}
