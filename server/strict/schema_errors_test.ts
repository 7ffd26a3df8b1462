import { assertEquals } from "@std/assert";
import type { ValidationError } from "../operation.ts";
import { schemaErrors } from "./schema_errors.ts";

function error(
  keyword: string,
  params: Record<string, unknown> = {},
  part: Partial<ValidationError> = {},
): ValidationError {
  return { instancePath: "/a", keyword, params, ...part };
}

function reasonOf(one: ValidationError): string {
  return schemaErrors([one]).map(({ pointer, reason }) => `${pointer} ${reason}`).join();
}

Deno.test("schemaErrors() points at missing and unknown properties", () => {
  assertEquals(reasonOf(error("required", { missingProperty: "b/c" })), "/a/b~1c is required");
  assertEquals(
    reasonOf(error("additionalProperties", { additionalProperty: "x" })),
    "/a/x unknown property",
  );
  const long = error("additionalProperties", { additionalProperty: "x".repeat(101) });
  assertEquals(reasonOf(long), "/a has an unknown property");
});

Deno.test("schemaErrors() describes violations in plain English", () => {
  assertEquals(reasonOf(error("type", { type: "integer" })), "/a must be an integer");
  assertEquals(reasonOf(error("type", { type: ["string", "null"] })), "/a must be a string or null");
  assertEquals(reasonOf(error("type", { type: "string,null" })), "/a must be a string or null");
  assertEquals(reasonOf(error("enum", { allowedValues: ["x", 1] })), '/a must be one of "x", 1');
  assertEquals(reasonOf(error("const", { allowedValue: "x" })), '/a must be "x"');
  assertEquals(reasonOf(error("format", { format: "uuid" })), "/a must be a valid uuid");
  const short = error("minLength", { limit: 1 }, { message: "must NOT have fewer than 1 characters" });
  assertEquals(reasonOf(short), "/a must have at least 1 character");
  const custom = error("pattern", { pattern: "x" }, { message: "must have 1 to 100 characters" });
  assertEquals(reasonOf(custom), "/a must have 1 to 100 characters");
});

Deno.test("schemaErrors() omits only errors that repeat an inner error", () => {
  const inner = error("required", { missingProperty: "b" });
  assertEquals(schemaErrors([inner, error("if", { failingKeyword: "then" })]).length, 1);
  assertEquals(schemaErrors([inner, error("anyOf"), error("oneOf", { passingSchemas: null })]).length, 1);
  assertEquals(
    reasonOf(error("oneOf", { passingSchemas: [0, 1] })),
    "/a must match exactly one of the documented schemas",
  );
  assertEquals(reasonOf(error("not")), "/a is not valid");
});

Deno.test("schemaErrors() merges alternative types into one error", () => {
  const errors = [error("type", { type: "string" }), error("type", { type: "null" }), error("anyOf")];
  assertEquals(schemaErrors(errors), [{ pointer: "/a", reason: "must be a string or null" }]);
});

Deno.test("schemaErrors() reports only the type of a value with a wrong type", () => {
  const errors = [
    error("minimum", { limit: 1 }),
    error("type", { type: "integer" }),
    error("format", { format: "int32" }),
  ];
  assertEquals(schemaErrors(errors), [{ pointer: "/a", reason: "must be an integer" }]);
});

Deno.test("schemaErrors() examines a thousand errors at most, so that a large body costs little", () => {
  const errors = Array.from({ length: 50_000 }, (_, index) => {
    const part = { instancePath: `/${index}` };
    return [error("required", { missingProperty: "b" }, part), error("if", { failingKeyword: "then" }, part)];
  }).flat();
  assertEquals(schemaErrors(errors).length, 500);
});
