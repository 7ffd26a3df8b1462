import { assertEquals } from "@std/assert";
import { docComment } from "./doc_comment.ts";

Deno.test("docComment() returns nothing without text", () => {
  assertEquals(docComment([undefined, " "]), "");
});

Deno.test("docComment() uses one line if possible", () => {
  assertEquals(docComment(["A name"], { indent: "  " }), "  /** A name */\n");
});

Deno.test("docComment() separates paragraphs, marks deprecation, and escapes the end of a comment", () => {
  assertEquals(
    docComment(["One\ntwo", "*/ alert(1)"], { deprecated: true }),
    "/**\n * One\n * two\n *\n * *\\/ alert(1)\n *\n * @deprecated\n */\n",
  );
});
