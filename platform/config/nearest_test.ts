import { assertEquals } from "@std/assert";
import { nearest } from "./nearest.ts";

Deno.test("nearest() finds the word that was meant", () => {
  const words = ["minLength", "maxLength", "pattern"];
  assertEquals(nearest("minLenght", words), "minLength");
  assertEquals(nearest("patern", words), "pattern");
  assertEquals(nearest("items", words), undefined);
});
