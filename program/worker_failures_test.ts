import { assertEquals } from "@std/assert";
import { BrokerError } from "../broker/broker.ts";
import { DatabaseError } from "../db/errors.ts";
import type { Logger } from "../server/logger.ts";
import { WorkerFailures } from "./worker_failures.ts";

Deno.test("WorkerFailures counts every failure, and logs those that repeat once until they are over", () => {
  const lines: string[] = [];
  const counted: string[] = [];
  const at = (level: string): Logger["info"] => (_message, properties = {}) =>
    void lines.push([level, properties["job"], properties["message"] ?? ""].join(" "));
  const logger = { info: at("info"), warn: at("warn"), error: at("error") };
  const failures = new WorkerFailures(logger, { jobFailed: (job) => void counted.push(job) });
  const away = new DatabaseError("unavailable", "The database cannot be reached");
  for (let count = 0; count < 3; count++) failures.failed("relay", away);
  failures.failed("broker", new BrokerError("timeout", "The message broker did not acknowledge a message"));
  failures.failed("relay", new DatabaseError("internal", "A column is missing"));
  failures.failed("relay", new TypeError("undefined is not a function"));
  failures.recovered("relay");
  failures.recovered("relay");
  failures.failed("relay", away);
  assertEquals(counted, ["relay", "relay", "relay", "broker", "relay", "relay", "relay"]);
  assertEquals(lines, [
    "warn relay DatabaseError: The database cannot be reached",
    "warn broker BrokerError: The message broker did not acknowledge a message",
    "error relay DatabaseError: A column is missing",
    "error relay TypeError: undefined is not a function",
    "info relay ",
    "warn relay DatabaseError: The database cannot be reached",
  ]);
});
