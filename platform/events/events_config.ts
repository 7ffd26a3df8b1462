import {
  type DurationOptions,
  MAX_RETENTION,
  type SettingsReader,
} from "@archway/service_kit/settings_reader.ts";
import { type NatsConfig, parseNatsConfig } from "./broker/nats_config.ts";

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

/** Bounds of the poll interval and the timeout of an attempt. */
const BOUNDS: DurationOptions = { min: "10ms", max: "60s" };

/** Reads `WORKER…`, `OUTBOX_…`, `WEBHOOK_…` and `NATS_…`. */
export function parseEventsConfig(settings: SettingsReader): EventsConfig {
  return {
    inline: settings.oneOf("WORKER", "inline", ["inline", "off"]) === "inline",
    pollMs: settings.durationMs("OUTBOX_POLL_INTERVAL", "1s", BOUNDS),
    concurrency: settings.integer("WORKER_CONCURRENCY", 16, { min: 1, max: 1000 }),
    webhooks: {
      allowPrivate: settings.oneOf("WEBHOOK_ALLOW_PRIVATE", "false", ["true", "false"]) === "true",
      timeoutMs: settings.durationMs("WEBHOOK_TIMEOUT", "10s", BOUNDS),
      retentionMs: settings.durationMs("WEBHOOK_RETENTION", "720h", { max: MAX_RETENTION }),
    },
    nats: parseNatsConfig(settings),
  };
}
