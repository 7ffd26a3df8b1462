import { assertEquals } from "@std/assert";
import { validate, version } from "uuid";
import { newRequestId, saneRequestId } from "./request_id.ts";

Deno.test("newRequestId() gives different UUIDs", () => {
  const ids = Array.from({ length: 1000 }, newRequestId);
  assertEquals(new Set(ids).size, ids.length);
  for (const id of ids) assertEquals([validate(id), version(id)], [true, 4]);
});

Deno.test("saneRequestId() takes 1 to 128 harmless characters", () => {
  assertEquals(saneRequestId("a.b-C_1~/:+=@"), "a.b-C_1~/:+=@");
  assertEquals(saneRequestId("a".repeat(128))?.length, 128);
  for (const text of [null, "", " ", "a b", "a,b", 'a"b', "é", "a".repeat(129)]) {
    assertEquals(saneRequestId(text), undefined);
  }
});
