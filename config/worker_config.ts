import { type NatsConfig, parseNatsConfig } from "./nats_config.ts";
import type { Settings } from "./settings.ts";

/** How events leave. */
export interface WorkerConfig {
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

const LONGEST_POLL_MS = 60_000;
const LONGEST_TIMEOUT_MS = 60_000;

/** Reads `WORKER…`, `OUTBOX_…`, `WEBHOOK_…` and `NATS_…`. */
export function parseWorkerConfig(settings: Settings): WorkerConfig {
  return {
    inline: settings.oneOf("WORKER", "inline", ["inline", "off"]) === "inline",
    pollMs: bounded(settings, "OUTBOX_POLL_INTERVAL", { fallback: "1s", mostMs: LONGEST_POLL_MS }),
    concurrency: settings.integer("WORKER_CONCURRENCY", 16, { min: 1, max: 1000 }),
    webhooks: {
      allowPrivate: settings.oneOf("WEBHOOK_ALLOW_PRIVATE", "false", ["true", "false"]) === "true",
      timeoutMs: bounded(settings, "WEBHOOK_TIMEOUT", { fallback: "10s", mostMs: LONGEST_TIMEOUT_MS }),
      retentionMs: settings.durationMs("WEBHOOK_RETENTION", "720h"),
    },
    nats: parseNatsConfig(settings),
  };
}

function bounded(
  settings: Settings,
  variable: string,
  { fallback, mostMs }: { readonly fallback: string; readonly mostMs: number },
): number {
  const ms = settings.durationMs(variable, fallback);
  if (ms < 10 || ms > mostMs) settings.fault(variable, `must be 10ms to ${mostMs / 1000}s`);
  return ms;
}
