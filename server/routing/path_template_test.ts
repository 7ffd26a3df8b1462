import { assertEquals } from "@std/assert";
import { byConcreteness, compilePath, honoPath } from "./path_template.ts";

Deno.test("compilePath() cuts variables out of a path, undecoded", () => {
  const read = compilePath("/a/{id}/b.{format}");
  assertEquals(read("/a/x%2Fy/b.json"), { id: "x%2Fy", format: "json" });
  assertEquals(read("/a/x/b_json"), undefined);
  assertEquals(read("/a//b.json"), undefined);
  assertEquals(compilePath("/a")("/a"), {});
});

Deno.test("honoPath() writes variables in Hono's notation", () => {
  assertEquals(honoPath("/a/{id}/b"), "/a/:v2/b");
  assertEquals(honoPath("/a/{name}.{ext}"), "/a/:v2{[^/]+\\.[^/]+}");
});

Deno.test("byConcreteness() puts the more concrete of two paths first", () => {
  const paths = ["/{a}/b", "/a/{b}", "/a/x-{b}", "/a/b", "/a"];
  assertEquals(paths.toSorted(byConcreteness), ["/a", "/a/b", "/a/x-{b}", "/a/{b}", "/{a}/b"]);
});
