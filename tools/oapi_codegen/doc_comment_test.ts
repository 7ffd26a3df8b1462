import { assertEquals } from "@std/assert";
import { docComment } from "./doc_comment.ts";

Deno.test("docComment() is empty without text", () => {
  assertEquals(docComment([undefined, " "]), "");
});

Deno.test("docComment() takes one line where it can", () => {
  assertEquals(docComment(["A name"], { indent: "  " }), "  /** A name */\n");
});

Deno.test("docComment() separates paragraphs, marks deprecation and cannot be ended by its text", () => {
  assertEquals(
    docComment(["One\ntwo", "*/ alert(1)"], { deprecated: true }),
    "/**\n * One\n * two\n *\n * *\\/ alert(1)\n *\n * @deprecated\n */\n",
  );
});
