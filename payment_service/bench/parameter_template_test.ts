import { assertEquals } from "@std/assert";
import { parameterTemplate } from "./parameter_template.ts";

Deno.test("parameterTemplate() binds values wherever recorded ones stand", () => {
  const bind = parameterTemplate(["a-1", '{"a-1","b-2","a-1"}', '{"of":"b-2"}', "same", null], {
    first: "a-1",
    second: "b-2",
  });
  assertEquals(bind({ first: "x", second: "y" }), ["x", '{"x","y","x"}', '{"of":"y"}', "same", null]);
  assertEquals(bind({ first: "", second: "a-1" }), ["", '{"","a-1",""}', '{"of":"a-1"}', "same", null]);
});
