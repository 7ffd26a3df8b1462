import { assert, assertEquals, assertFalse } from "@std/assert";
import { isIdentifier, pascalCase, propertyKey } from "./identifiers.ts";

Deno.test("isIdentifier() refuses reserved words and names of every object", () => {
  for (const text of ["createProfile", "get_2", "$x"]) assert(isIdentifier(text), text);
  for (const text of ["get-thing", "2nd", "", "class", "constructor", "toString", "paths", "größe"]) {
    assertFalse(isIdentifier(text), text);
  }
});

Deno.test("pascalCase() joins words", () => {
  assertEquals(pascalCase("createProfile"), "CreateProfile");
  assertEquals(pascalCase("application/merge-patch+json"), "ApplicationMergePatchJson");
  assertEquals(pascalCase("image/*"), "ImageAny");
});

Deno.test("propertyKey() quotes what must be quoted", () => {
  assertEquals([propertyKey("id"), propertyKey("If-Match"), propertyKey('a"b')], [
    "id",
    '"If-Match"',
    '"a\\"b"',
  ]);
});
