import { assertEquals } from "@std/assert";
import { Settings } from "@archway/config/settings.ts";
import { parseEventsConfig } from "./events_config.ts";

Deno.test("parseEventsConfig() runs a worker and allows public addresses only by default", () => {
  const settings = new Settings(() => undefined);
  assertEquals(parseEventsConfig(settings), {
    inline: true,
    pollMs: 1_000,
    concurrency: 16,
    webhooks: { allowPrivate: false, timeoutMs: 10_000, retentionMs: 2_592_000_000 },
    nats: undefined,
  });
  assertEquals(settings.faults, []);
});

Deno.test("parseEventsConfig() reads every variable and rejects invalid values", () => {
  const good: Readonly<Record<string, string>> = {
    WORKER: "off",
    OUTBOX_POLL_INTERVAL: "100ms",
    WORKER_CONCURRENCY: "3",
    WEBHOOK_ALLOW_PRIVATE: "true",
    WEBHOOK_TIMEOUT: "2s",
    WEBHOOK_RETENTION: "24h",
    NATS_URL: "nats://broker",
  };
  assertEquals(parseEventsConfig(new Settings((name) => good[name])), {
    inline: false,
    pollMs: 100,
    concurrency: 3,
    webhooks: { allowPrivate: true, timeoutMs: 2_000, retentionMs: 86_400_000 },
    nats: { servers: ["broker:4222"], tls: false, stream: "archway" },
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
  const settings = new Settings((name) => bad[name]);
  parseEventsConfig(settings);
  assertEquals(settings.faults.map(({ variable }) => variable), Object.keys(bad));
});

Deno.test("parseEventsConfig() accepts durations within their bounds only", () => {
  const limits: Readonly<Record<string, readonly [string, string, string, string]>> = {
    OUTBOX_POLL_INTERVAL: ["10ms", "60s", "9ms", "60001ms"],
    WEBHOOK_TIMEOUT: ["10ms", "60s", "9ms", "60001ms"],
    WEBHOOK_RETENTION: ["0s", "87600h", "-1s", "87601h"],
  };
  const faults = (variable: string, text: string): readonly string[] => {
    const settings = new Settings((name) => name === variable ? text : undefined);
    parseEventsConfig(settings);
    return settings.faults.map((fault) => fault.variable);
  };
  for (const [variable, [least, most, below, beyond]] of Object.entries(limits)) {
    for (const good of [least, most]) assertEquals(faults(variable, good), [], good);
    for (const bad of [below, beyond]) assertEquals(faults(variable, bad), [variable], bad);
  }
});
