import type { Field } from "../field.ts";
import { ruleOf } from "../field_code.ts";
import { samplesOf } from "../field_samples.ts";
import type { NewService } from "../new_service.ts";

/** Returns the tests of the domain. */
export function domainTestText({ names: { singular }, fields }: NewService): string {
  const Type = singular.pascal;
  const text = fields.find(({ type }) => type.kind === "text");
  const rules = fields.filter((field) => ruleOf(field) !== undefined);
  const trims = text === undefined ? "" : `
Deno.test("normalizeInput() trims texts and composes their characters", () => {
  const { ${text.name.camel} } = normalizeInput({ ...SAMPLE, ${text.name.camel}: ${trimSample(text)} });
  assertEquals(${text.name.camel}, ${trimmedSample(text)});
});
`;
  const reports = rules.length === 0 ? "" : `
Deno.test("normalizeInput() reports every violation at once", () => {
  const input = { ...SAMPLE, ${
    rules.map((field) => `${field.name.camel}: ${JSON.stringify(samplesOf(field).invalid)}`).join(", ")
  } };
  const error = assertThrows(() => normalizeInput(input), DomainError);
  assertEquals(error.code, "invalid-${singular.kebab}");
  assertEquals(error.fieldErrors.map(({ field }) => field), ${
    JSON.stringify(rules.map(({ name }) => name.camel))
  });
});
`;
  return `import { assertEquals${reports === "" ? "" : ", assertThrows"} } from "@std/assert";
${
    reports === ""
      ? ""
      : 'import { DomainError } from "@archway/service_kit/domain_error.ts";\n'
  }import { normalizeInput, type ${Type}Input } from "./${singular.snake}.ts";

const SAMPLE: ${Type}Input = { ${fields.flatMap((field) => samplesOf(field).domain).join(", ")} };

Deno.test("normalizeInput() keeps input in stored form", () => {
  assertEquals(normalizeInput(SAMPLE), SAMPLE);
});
${trims}${reports}`;
}

function trimSample({ type }: Field): string {
  return type.kind === "text" && type.max > 2 ? String.raw`"\u00a0 Zoe\u0308 \n"` : '" A "';
}

function trimmedSample({ type }: Field): string {
  return type.kind === "text" && type.max > 2 ? '"Zoë"' : '"A"';
}
