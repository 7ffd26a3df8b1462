import { assertEquals } from "@std/assert";
import { commentText } from "./code.ts";

Deno.test("commentText() keeps text of a document on the line of its comment", () => {
  assertEquals(commentText("page\n...(run(), {}),//"), "page ...(run(), {}),//");
  assertEquals(commentText("a\r\nb\u2028c\u2029d\u0085e\u202ef"), "a b c d e f");
  assertEquals(commentText("naïve ☂ 😀"), "naïve ☂ 😀");
});
