import { assertEquals, assertThrows } from "@std/assert";
import { Problem } from "../problem.ts";
import { RequestFaults } from "./request_faults.ts";

Deno.test("RequestFaults.throwIfAny() tells how many faults there are beyond those it lists", () => {
  const faults = new RequestFaults();
  faults.throwIfAny();
  for (let i = 0; i < 150; i++) {
    faults.addInvalid({ name: "a", in: "body", pointer: `/${i}`, reason: "is wrong" });
  }
  faults.addInvalid({ name: "a", in: "body", pointer: "/1", reason: "is wrong" });
  const problem = assertThrows(() => faults.throwIfAny(), Problem);
  assertEquals(problem.status, 422);
  assertEquals(problem.invalidParams?.length, 100);
  assertEquals(problem.detail, "The request has 150 faults; the first 100 are listed in invalidParams");
});

Deno.test("RequestFaults.throwIfAny() answers 400 as soon as one fault is of syntax", () => {
  const faults = new RequestFaults();
  faults.addInvalid({ name: "a", in: "body", pointer: "/a", reason: "is wrong" });
  faults.addMalformed({ name: "b", in: "query", reason: "is wrong" });
  assertEquals(assertThrows(() => faults.throwIfAny(), Problem).status, 400);
});
