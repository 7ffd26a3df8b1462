import { assertEquals } from "@std/assert";
import { patchContactBodyApplicationJsonPatchJson } from "../../support/contact_service/api/contactapi/validators.gen.js";
import { linearErrors } from "./linear_errors.ts";

Deno.test("linearErrors() removes the copying of errors from Ajv's code", () => {
  const code = "vErrors = vErrors === null ? validate3.errors : vErrors.concat(validate3.errors);";
  const [first] = linearErrors(code).split("\n");
  assertEquals(
    first,
    "vErrors = vErrors === null ? validate3.errors : joinErrors(vErrors, validate3.errors);",
  );
  assertEquals(linearErrors("return true;"), "return true;");
  const text = String.raw`const a = "\" vErrors.concat(a.errors)";`;
  assertEquals(linearErrors(text), text);
});

Deno.test("linearErrors() preserves the errors of every item", () => {
  const items = Array.from({ length: 100 }, () => 1);
  const validate = patchContactBodyApplicationJsonPatchJson;
  for (let round = 0; round < 2; round++) {
    assertEquals(validate(items), false);
    assertEquals(
      validate.errors?.map(({ instancePath }) => instancePath),
      items.map((_, index) => `/${index}`),
    );
  }
});
