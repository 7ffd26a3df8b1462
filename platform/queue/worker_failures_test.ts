import { assertEquals } from "@std/assert";
import { DatabaseError } from "@archway/db/errors.ts";
import type { Logger } from "@archway/server/logger.ts";
import { WorkerFailures } from "./worker_failures.ts";

Deno.test("failed() counts every failure and logs a repeated error once until the job recovers", () => {
  const lines: string[] = [];
  const counted: string[] = [];
  const at = (level: string): Logger["info"] => (_message, properties = {}) =>
    void lines.push([level, properties["job"], properties["message"] ?? properties["error"] ?? ""].join(" "));
  const logger = { info: at("info"), warn: at("warn"), error: at("error") };
  const failures = new WorkerFailures({
    logger,
    onFailure: (job) => void counted.push(job),
    isTransient: (error) => error instanceof RangeError,
  });
  const away = new DatabaseError("unavailable", "The database cannot be reached");
  for (let count = 0; count < 3; count++) failures.failed("relay", away);
  failures.failed("broker", new RangeError("The message broker did not acknowledge a message"));
  failures.failed("relay", new DatabaseError("internal", "A column is missing"));
  failures.failed("relay", new TypeError("undefined is not a function"));
  failures.recovered("relay");
  failures.recovered("relay");
  failures.failed("relay", away);
  assertEquals(counted, ["relay", "relay", "relay", "broker", "relay", "relay", "relay"]);
  assertEquals(lines, [
    "warn relay DatabaseError: The database cannot be reached",
    "warn broker RangeError: The message broker did not acknowledge a message",
    "error relay DatabaseError: A column is missing",
    "error relay TypeError: undefined is not a function",
    "info relay ",
    "warn relay DatabaseError: The database cannot be reached",
  ]);
});

Deno.test("failed() logs a transient error again when its reason changes", () => {
  const messages: unknown[] = [];
  const warn: Logger["warn"] = (_message, { message } = {}) => void messages.push(message);
  const logger = { info(): void {}, warn, error(): void {} };
  const failures = new WorkerFailures({
    logger,
    onFailure(): void {},
    isTransient: (error) => error instanceof RangeError,
  });
  for (const reason of ["refused", "refused", "wrong password", "wrong password", "refused"]) {
    failures.failed(
      "broker",
      new RangeError(`Cannot connect to the message broker: ${reason}`),
    );
  }
  assertEquals(messages, [
    "RangeError: Cannot connect to the message broker: refused",
    "RangeError: Cannot connect to the message broker: wrong password",
    "RangeError: Cannot connect to the message broker: refused",
  ]);
});

Deno.test("failed() logs why the database cannot be reached, and logs it again when that changes", () => {
  const messages: unknown[] = [];
  const warn: Logger["warn"] = (_message, { message } = {}) => void messages.push(message);
  const logger = { info(): void {}, warn, error(): void {} };
  const failures = new WorkerFailures({
    logger,
    onFailure(): void {},
    isTransient: (error) => error instanceof RangeError,
  });
  for (
    const reason of ["connect ECONNREFUSED", "connect ECONNREFUSED", "the database system is starting up"]
  ) {
    const cause = new Error(reason);
    failures.failed("relay", new DatabaseError("unavailable", "The database cannot be reached", { cause }));
  }
  assertEquals(messages, [
    "DatabaseError: The database cannot be reached: connect ECONNREFUSED",
    "DatabaseError: The database cannot be reached: the database system is starting up",
  ]);
});

Deno.test("failed() logs that no connection was free when it happens twice in a row", () => {
  const lines: string[] = [];
  const warn: Logger["warn"] = (_message, { job } = {}) => void lines.push(`warn ${job}`);
  const logger = { info: (): void => void lines.push("info"), warn, error(): void {} };
  let counted = 0;
  const failures = new WorkerFailures({ logger, onFailure: () => void counted++ });
  const full = new DatabaseError("saturated", "No database connection became available in time");
  for (const job of ["gauge", "relay"]) failures.failed(job, full);
  failures.recovered("gauge");
  for (const job of ["gauge", "relay", "relay"]) failures.failed(job, full);
  failures.recovered("relay");
  assertEquals([lines, counted], [["warn relay", "info"], 5]);
});
