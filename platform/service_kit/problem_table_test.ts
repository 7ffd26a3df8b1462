import { assertEquals, assertThrows } from "@std/assert";
import { DatabaseError } from "@archway/db/errors.ts";
import { changedError, DomainError, invalidError, notFoundError, unwrittenChange } from "./domain_error.ts";
import { changed, invalid, notFound, problemTable } from "./problem_table.ts";

const { problemTypes, problemOf } = problemTable({
  "widget-not-found": notFound("widget"),
  "widget-changed": changed("widget"),
  "invalid-widget": invalid("widget"),
});

Deno.test("problemTable() maps an error to the problem type with its code as slug", () => {
  const problem = problemOf(notFoundError("widget"));
  assertEquals([problem?.status, problem?.slug], [404, "widget-not-found"]);
  assertEquals(problemOf(changedError("widget", 3n))?.headers, { ETag: '"3"' });
  const types = problemTypes.map(({ slug }) => slug);
  assertEquals(types.slice(0, 3), ["widget-not-found", "widget-changed", "invalid-widget"]);
});

Deno.test("problemTable() lists the members of the body, or the parameters of a list", () => {
  const fieldErrors = [{ field: "name", reason: "is long" }, { field: "/parts/0", reason: "is odd" }];
  assertEquals(problemOf(invalidError("widget", fieldErrors))?.invalidParams, [
    { name: "name", in: "body", pointer: "/name", reason: "is long" },
    { name: "0", in: "body", pointer: "/parts/0", reason: "is odd" },
  ]);
  const page = new DomainError("invalid-page", { fieldErrors: [{ field: "after", reason: "has expired" }] });
  assertEquals(problemOf(page)?.invalidParams, [{ name: "after", in: "query", reason: "has expired" }]);
});

Deno.test("problemTable() maps errors of the database, and no unknown ones", () => {
  const timeout = problemOf(new DatabaseError("timeout", "too slow"));
  assertEquals([timeout?.slug, timeout?.detail?.includes("Retry")], ["database-timeout", true]);
  assertEquals(problemOf(new DomainError("gadget-not-found")), undefined);
  assertEquals(problemOf(new Error("a bug")), undefined);
});

Deno.test("unwrittenChange() throws what becomes a problem of 501", () => {
  const problem = problemOf(assertThrows(unwrittenChange, DomainError));
  assertEquals([problem?.status, problem?.slug], [501, "not-implemented"]);
});
