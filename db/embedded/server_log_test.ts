import { assertEquals } from "@std/assert";
import { ServerLog } from "./server_log.ts";

const prefix = "2026-11-29 16:31:19.446 UTC [42] ";

Deno.test("ServerLog.reasonOf() returns the fatal messages of the server without statements", () => {
  const log = new ServerLog();
  const lines = [
    `${prefix}LOG:  database system was not properly shut down; automatic recovery in progress`,
    `${prefix}PANIC:  could not write to file "pg_wal/xlogtemp.42": No space left on device`,
    `${prefix}STATEMENT:  SELECT 'private'`,
    "of two lines, FATAL: private",
    "Aborted()",
  ];
  for (const line of lines) assertEquals(log.add(line), false);
  assertEquals(
    log.reasonOf(new Error("unreachable")),
    'PANIC: could not write to file "pg_wal/xlogtemp.42": No space left on device',
  );
});

Deno.test("ServerLog.reasonOf() returns the error and the last messages if none is fatal", () => {
  const log = new ServerLog();
  log.add(`${prefix}LOG:  redo starts at 0/1234`);
  assertEquals(log.reasonOf(new Error("unreachable")), "unreachable; LOG: redo starts at 0/1234");
  const exit = { name: "ExitStatus", message: "Program terminated with exit(1)", status: 1 };
  assertEquals(log.reasonOf(exit), "Program terminated with exit(1); LOG: redo starts at 0/1234");
});
