import type { SettingsReader, SettingsSection } from "@archway/service_kit/setting.ts";
import {
  booleanSetting,
  choiceSetting,
  durationSetting,
  integerSetting,
  MAX_RETENTION,
} from "@archway/service_kit/setting_types.ts";
import { NATS_SETTINGS, type NatsConfig, readNatsConfig } from "./broker/nats_config.ts";

/** Configuration of the publishing of events. */
export interface EventsConfig {
  /** Whether the service runs a worker, in addition to serving requests. */
  readonly inline: boolean;
  /** Interval at which an idle worker polls for work, in milliseconds. */
  readonly pollMs: number;
  /** Maximum number of concurrent deliveries to webhooks. */
  readonly concurrency: number;
  readonly webhooks: WebhookConfig;
  /** Message broker; undefined if none is configured. */
  readonly nats: NatsConfig | undefined;
}

/** Configuration of the delivery to webhooks. */
export interface WebhookConfig {
  /** Whether webhooks may be in a private network or on this machine, and may use plain HTTP. */
  readonly allowPrivate: boolean;
  /** Timeout of an attempt, in milliseconds. */
  readonly timeoutMs: number;
  /** Retention of settled deliveries, in milliseconds. */
  readonly retentionMs: number;
}

const WORKER = choiceSetting("WORKER", ["inline", "off"], {
  default: "inline",
  description:
    "Process that delivers events to webhooks and NATS: inline for the service itself, beside its requests, or " +
    "off for separate processes (command `worker`). Any number of processes can deliver events concurrently.",
});
const CONCURRENCY = integerSetting("WORKER_CONCURRENCY", {
  default: 16,
  min: 1,
  max: 1000,
  description: "Maximum number of concurrent webhook deliveries of a process.",
});
const POLL_INTERVAL = durationSetting("OUTBOX_POLL_INTERVAL", {
  default: "1s",
  min: "10ms",
  max: "60s",
  description:
    "Interval of polling for events, for when notifications do not arrive, such as behind a connection pooler.",
});
const TIMEOUT = durationSetting("WEBHOOK_TIMEOUT", {
  default: "10s",
  min: "10ms",
  max: "60s",
  description: "Timeout of a delivery attempt.",
});
const ALLOW_PRIVATE = booleanSetting("WEBHOOK_ALLOW_PRIVATE", {
  default: false,
  description:
    "Whether to allow webhooks on this machine, in private networks and without TLS: for development, or if only " +
    "trusted clients can create webhooks.",
});
const RETENTION = durationSetting("WEBHOOK_RETENTION", {
  default: "720h",
  max: MAX_RETENTION,
  description: "Retention of settled deliveries, for inspection and retries.",
});

/** Settings of events, webhooks and the broker. */
export const EVENTS_SETTINGS: SettingsSection = {
  title: "Events",
  settings: [WORKER, CONCURRENCY, POLL_INTERVAL, TIMEOUT, ALLOW_PRIVATE, RETENTION, ...NATS_SETTINGS],
};

/** Reads the configuration of events. */
export function readEventsConfig(reader: SettingsReader): EventsConfig {
  return {
    inline: reader.read(WORKER) === "inline",
    pollMs: reader.read(POLL_INTERVAL),
    concurrency: reader.read(CONCURRENCY),
    webhooks: {
      allowPrivate: reader.read(ALLOW_PRIVATE),
      timeoutMs: reader.read(TIMEOUT),
      retentionMs: reader.read(RETENTION),
    },
    nats: readNatsConfig(reader),
  };
}
