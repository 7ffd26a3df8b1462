import { assert, assertEquals, assertFalse } from "@std/assert";
import { isIdentifier, pascalCase, propertyKey } from "./identifiers.ts";

Deno.test("isIdentifier() rejects reserved words and inherited names", () => {
  for (const text of ["createProfile", "get_2", "$x"]) assert(isIdentifier(text), text);
  for (const text of ["get-thing", "2nd", "", "class", "constructor", "toString", "paths", "größe"]) {
    assertFalse(isIdentifier(text), text);
  }
});

Deno.test("pascalCase() joins capitalized words", () => {
  assertEquals(pascalCase("createProfile"), "CreateProfile");
  assertEquals(pascalCase("application/merge-patch+json"), "ApplicationMergePatchJson");
  assertEquals(pascalCase("image/*"), "ImageAny");
});

Deno.test("propertyKey() quotes keys if necessary", () => {
  assertEquals([propertyKey("id"), propertyKey("If-Match"), propertyKey('a"b')], [
    "id",
    '"If-Match"',
    '"a\\"b"',
  ]);
});
