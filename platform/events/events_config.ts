import type { SettingsReader, SettingsSection } from "@archway/service_kit/setting.ts";
import {
  booleanSetting,
  choiceSetting,
  durationSetting,
  integerSetting,
  MAX_RETENTION,
} from "@archway/service_kit/setting_types.ts";
import { NATS_SETTINGS, type NatsConfig, readNatsConfig } from "./broker/nats_config.ts";

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

const WORKER = choiceSetting("WORKER", ["inline", "off"], {
  default: "inline",
  description:
    "Process that delivers events to webhooks and NATS: inline for the service itself, beside its requests, or " +
    "off for the command `worker` elsewhere. Any number of processes can do it at the same time.",
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
    "Interval of polling for events where notifications do not arrive, behind a pooler for example.",
});
const TIMEOUT = durationSetting("WEBHOOK_TIMEOUT", {
  default: "10s",
  min: "10ms",
  max: "60s",
  description: "Maximum time of a delivery attempt.",
});
const ALLOW_PRIVATE = booleanSetting("WEBHOOK_ALLOW_PRIVATE", {
  default: false,
  description:
    "Whether webhooks may lead to this machine and private networks, and lack TLS: for development, or where " +
    "only trusted people create them.",
});
const RETENTION = durationSetting("WEBHOOK_RETENTION", {
  default: "720h",
  max: MAX_RETENTION,
  description: "Retention of deliveries that succeeded or were given up, for inspection and redelivery.",
});

/** Settings of events, webhooks and the broker. */
export const EVENTS_SETTINGS: SettingsSection = {
  title: "Events",
  settings: [WORKER, CONCURRENCY, POLL_INTERVAL, TIMEOUT, ALLOW_PRIVATE, RETENTION, ...NATS_SETTINGS],
};

/** Reads how events are delivered. */
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
