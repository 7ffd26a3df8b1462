import { assertEquals } from "@std/assert";
import { EnvironmentReader } from "@archway/config/environment_reader.ts";
import { readEventsConfig } from "./events_config.ts";

Deno.test("readEventsConfig() runs a worker and allows public addresses only by default", () => {
  const settings = new EnvironmentReader(() => undefined);
  assertEquals(readEventsConfig(settings), {
    inline: true,
    pollMs: 1_000,
    concurrency: 16,
    webhooks: { allowPrivate: false, timeoutMs: 10_000, retentionMs: 2_592_000_000 },
    nats: undefined,
  });
  assertEquals(settings.errors, []);
});

Deno.test("readEventsConfig() reads every variable and rejects invalid values", () => {
  const good: Readonly<Record<string, string>> = {
    WORKER: "off",
    OUTBOX_POLL_INTERVAL: "100ms",
    WORKER_CONCURRENCY: "3",
    WEBHOOK_ALLOW_PRIVATE: "true",
    WEBHOOK_TIMEOUT: "2s",
    WEBHOOK_RETENTION: "24h",
    NATS_URL: "nats://broker",
  };
  assertEquals(readEventsConfig(new EnvironmentReader((name) => good[name])), {
    inline: false,
    pollMs: 100,
    concurrency: 3,
    webhooks: { allowPrivate: true, timeoutMs: 2_000, retentionMs: 86_400_000 },
    nats: { servers: ["broker:4222"], tls: undefined, stream: "archway" },
  });
  const bad: Readonly<Record<string, string>> = {
    WORKER: "on",
    OUTBOX_POLL_INTERVAL: "0s",
    WORKER_CONCURRENCY: "0",
    WEBHOOK_ALLOW_PRIVATE: "yes",
    WEBHOOK_TIMEOUT: "5m",
    WEBHOOK_RETENTION: "a month",
    NATS_URL: "broker",
  };
  const settings = new EnvironmentReader((name) => bad[name]);
  readEventsConfig(settings);
  assertEquals(settings.errors.map(({ variable }) => variable), Object.keys(bad));
});

Deno.test("readEventsConfig() accepts durations within their bounds only", () => {
  const limits: Readonly<Record<string, readonly [string, string, string, string]>> = {
    OUTBOX_POLL_INTERVAL: ["10ms", "60s", "9ms", "60001ms"],
    WEBHOOK_TIMEOUT: ["10ms", "60s", "9ms", "60001ms"],
    WEBHOOK_RETENTION: ["0s", "87600h", "-1s", "87601h"],
  };
  const errors = (variable: string, text: string): readonly string[] => {
    const settings = new EnvironmentReader((name) => name === variable ? text : undefined);
    readEventsConfig(settings);
    return settings.errors.map((fault) => fault.variable);
  };
  for (const [variable, [least, most, below, beyond]] of Object.entries(limits)) {
    for (const good of [least, most]) assertEquals(errors(variable, good), [], good);
    for (const bad of [below, beyond]) assertEquals(errors(variable, bad), [variable], bad);
  }
});
