import { assertEquals, assertThrows } from "@std/assert";
import { Problem } from "../problem.ts";
import { RequestErrors } from "./request_errors.ts";

Deno.test("RequestErrors.throwIfAny() lists a hundred errors, and says that there are more", () => {
  const errors = new RequestErrors();
  errors.throwIfAny();
  for (let i = 0; i < 150; i++) {
    errors.addInvalid({ name: "a", in: "body", pointer: `/${i}`, reason: "is wrong" });
  }
  errors.addInvalid({ name: "a", in: "body", pointer: "/1", reason: "is wrong" });
  const problem = assertThrows(() => errors.throwIfAny(), Problem);
  assertEquals(problem.status, 422);
  assertEquals(problem.invalidParams?.length, 100);
  assertEquals(
    problem.detail,
    "The request has more than 100 validation errors; invalidParams lists the first of them",
  );
});

Deno.test("RequestErrors.throwIfAny() throws 400 if any error is malformed input", () => {
  const errors = new RequestErrors();
  errors.addInvalid({ name: "a", in: "body", pointer: "/a", reason: "is wrong" });
  errors.addMalformed({ name: "b", in: "query", reason: "is wrong" });
  assertEquals(assertThrows(() => errors.throwIfAny(), Problem).status, 400);
});
