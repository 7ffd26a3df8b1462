import { assertEquals } from "@std/assert";
import { BrokerError } from "../broker/broker.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import { EventStoreError } from "../store/event_store_error.ts";
import type { Logger } from "@archway/server/logger.ts";
import { WorkerFailures } from "./worker_failures.ts";

Deno.test("failed() counts every failure and logs a repeated error once until the job recovers", () => {
  const lines: string[] = [];
  const counted: string[] = [];
  const at = (level: string): Logger["info"] => (_message, properties = {}) =>
    void lines.push([level, properties["job"], properties["message"] ?? properties["error"] ?? ""].join(" "));
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

Deno.test("failed() logs a broker's error again when its reason changes", () => {
  const messages: unknown[] = [];
  const warn: Logger["warn"] = (_message, { message } = {}) => void messages.push(message);
  const failures = new WorkerFailures({ info(): void {}, warn, error(): void {} }, { jobFailed(): void {} });
  for (const reason of ["refused", "refused", "wrong password", "wrong password", "refused"]) {
    failures.failed(
      "broker",
      new BrokerError("unavailable", `Cannot connect to the message broker: ${reason}`),
    );
  }
  assertEquals(messages, [
    "BrokerError: Cannot connect to the message broker: refused",
    "BrokerError: Cannot connect to the message broker: wrong password",
    "BrokerError: Cannot connect to the message broker: refused",
  ]);
});

Deno.test("failed() logs why the database cannot be reached, and logs it again when that changes", () => {
  const messages: unknown[] = [];
  const warn: Logger["warn"] = (_message, { message } = {}) => void messages.push(message);
  const failures = new WorkerFailures({ info(): void {}, warn, error(): void {} }, { jobFailed(): void {} });
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

Deno.test("unpublishable() counts every event and logs one per reason", () => {
  const lines: unknown[] = [];
  const counted: string[] = [];
  const logger = {
    info(): void {},
    warn(): void {},
    error: (message: string, properties = {}) => void lines.push([message, properties]),
  };
  const failures = new WorkerFailures(logger, { jobFailed: (job) => void counted.push(job) });
  const error = new EventStoreError(
    "unknown-event",
    "Cannot read event order.lost: unknown schema version 1",
  );
  const event = {
    ...{ position: 7n, stream: "order-1", version: 2n, type: "order.lost", schemaVersion: 1 },
    ...{ data: { description: "planted" }, metadata: {}, recordedAt: "2026-11-25T15:00:00Z" },
  };
  failures.unpublishable("relay", { event, error });
  failures.unpublishable("relay", { event: { ...event, stream: "order-2" }, error });
  failures.unpublishable("broker", { event, error });
  assertEquals(counted, ["relay", "relay", "broker"]);
  const id = "order-1@2-1795618800000000";
  assertEquals(lines, [
    ["Worker job {job} blocked at event {event}", {
      ...{ job: "relay", event: id, error },
    }],
    ["Worker job {job} blocked at event {event}", {
      ...{ job: "broker", event: id, error },
    }],
  ]);
});
