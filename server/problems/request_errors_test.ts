import { assertEquals, assertThrows } from "@std/assert";
import { Problem } from "../problem.ts";
import { RequestErrors } from "./request_errors.ts";

Deno.test("RequestErrors.throwIfAny() tells how many errors there are beyond those it lists", () => {
  const errors = new RequestErrors();
  errors.throwIfAny();
  for (let i = 0; i < 150; i++) {
    errors.addInvalid({ name: "a", in: "body", pointer: `/${i}`, reason: "is wrong" });
  }
  errors.addInvalid({ name: "a", in: "body", pointer: "/1", reason: "is wrong" });
  const problem = assertThrows(() => errors.throwIfAny(), Problem);
  assertEquals(problem.status, 422);
  assertEquals(problem.invalidParams?.length, 100);
  assertEquals(problem.detail, "The request has 150 errors; the first 100 are listed in invalidParams");
});

Deno.test("RequestErrors.throwIfAny() answers 400 as soon as one error is of syntax", () => {
  const errors = new RequestErrors();
  errors.addInvalid({ name: "a", in: "body", pointer: "/a", reason: "is wrong" });
  errors.addMalformed({ name: "b", in: "query", reason: "is wrong" });
  assertEquals(assertThrows(() => errors.throwIfAny(), Problem).status, 400);
});
