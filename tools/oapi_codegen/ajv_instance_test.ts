import { assertEquals } from "@std/assert";
import { createAjv } from "./ajv_instance.ts";

Deno.test("createAjv() accepts a UUID in either case, and no other form", () => {
  const validate = createAjv().compile({ type: "string", format: "uuid" });
  const uuid = "01a20297-8674-762a-945c-7198e71b5f06";
  for (const text of [uuid, uuid.toUpperCase()]) assertEquals(validate(text), true);
  for (const text of [`urn:uuid:${uuid}`, `{${uuid}}`, uuid.replaceAll("-", ""), `${uuid}\n`]) {
    assertEquals(validate(text), false, text);
  }
});

Deno.test("createAjv() matches no pattern against texts that are too long", () => {
  const validate = createAjv().compile({ type: "string", maxLength: 10, pattern: "^.*a.*b$" });
  const keywords = (text: string): readonly string[] | undefined => {
    validate(text);
    return validate.errors?.map(({ keyword }) => keyword);
  };
  assertEquals(keywords("aab"), undefined);
  assertEquals(keywords("𝒳".repeat(10)), ["pattern"]);
  assertEquals(keywords("x".repeat(21)), ["maxLength"]);
});
