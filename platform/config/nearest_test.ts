import { assertEquals } from "@std/assert";
import { nearest } from "./nearest.ts";

Deno.test("nearest() returns the nearest candidate within two edits", () => {
  const words = ["minLength", "maxLength", "pattern"];
  assertEquals(nearest("minLenght", words), "minLength");
  assertEquals(nearest("patern", words), "pattern");
  assertEquals(nearest("items", words), undefined);
  assertEquals(nearest("type", ["style"]), "style");
  assertEquals(nearest("type", ["style"], { edits: 1 }), undefined);
});
