import { assertEquals } from "@std/assert";
import { isOutOfFiles } from "./out_of_files.ts";

Deno.test("isOutOfFiles() finds the reason among causes and gathered errors", () => {
  const reason = new Error("Too many open files (os error 24): readdir 'pg_wal'");
  const other = new Error("Broken");
  const errors = [
    reason,
    new Error("Failed", { cause: new Error("FATAL: could not read: No file descriptors available") }),
    new SuppressedError(other, reason),
    new SuppressedError(reason, other),
    new AggregateError([other, reason]),
  ];
  for (const error of errors) assertEquals(isOutOfFiles(error), true, error.message);
  const circular = new Error("Broken");
  circular.cause = circular;
  for (const error of [other, circular, "EMFILE", undefined]) assertEquals(isOutOfFiles(error), false);
});
