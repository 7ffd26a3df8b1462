import { assertEquals, assertInstanceOf } from "@std/assert";
import { fullFormats } from "ajv-formats/dist/formats.js";
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

Deno.test("createAjv() accepts the URLs of the package's pattern, and no others", () => {
  const validate = createAjv().compile({ type: "string", format: "url" });
  const { url } = fullFormats;
  assertInstanceOf(url, RegExp);
  for (const user of ["", "a@", "a:b@", "a:@", ":@", "a@b@", "@", " @", "a b@", "a:b:c@"]) {
    for (
      const rest of ["example.com", "example", "example.com:80/x?y=a@b", "1.2.3.4/a:b@c", "127.0.0.1", ""]
    ) {
      const text = `https://${user}${rest}`;
      assertEquals(validate(text), url.test(text), text);
    }
  }
  // Takes minutes in quadratic time.
  assertEquals(validate(`http://a@${":".repeat(300_000)}}`), false);
});
