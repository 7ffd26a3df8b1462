import {
  type DurationOptions,
  MAX_RETENTION,
  type SettingsReader,
} from "@archway/service_kit/settings_reader.ts";
import { type NatsConfig, parseNatsConfig } from "./broker/nats_config.ts";

/** How events leave. */
export interface EventsConfig {
  /** Whether the service does it, too, beside its requests. */
  readonly inline: boolean;
  /** How long until somebody looks by themselves whether there is something to do, in milliseconds. */
  readonly pollMs: number;
  /** How many webhooks are told of events at the same time. */
  readonly concurrency: number;
  readonly webhooks: WebhookConfig;
  /** Undefined: there is no broker. */
  readonly nats: NatsConfig | undefined;
}

/** How webhooks are told. */
export interface WebhookConfig {
  /** Whether they may be inside a private network or on this machine, and without TLS. */
  readonly allowPrivate: boolean;
  /** How long an attempt may take, in milliseconds. */
  readonly timeoutMs: number;
  /** How long a delivery is kept after its end, in milliseconds. */
  readonly retentionMs: number;
}

/** How often may be looked, and how long an attempt may take. */
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
