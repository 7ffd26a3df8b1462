/**
 * Packages that the program may import, and the folders that may import them. A service adds its own packages without an
 * entry here, in the `scopes` of deno.json: `"scopes": { "./widget_service/": { "name": "npm:name@^1" } }`.
 */
export const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "@electric-sql/pglite": ["db/embedded/"],
  "@faker-js/faker": ["*_service/seed/"],
  "@hono/hono": ["server/"],
  "@logtape/logtape": ["platform/observability/"],
  "@logtape/redaction": ["platform/observability/"],
  "@nats-io/jetstream": ["platform/events/broker/"],
  "@nats-io/nats-core": ["platform/events/broker/"],
  "@noble/hashes": ["platform/service_kit/signing/"],
  "@opentelemetry/api": ["platform/observability/"],
  "@opentelemetry/exporter-prometheus": ["platform/observability/"],
  "@opentelemetry/sdk-metrics": ["platform/observability/"],
  "@std/http": ["server/"],
  "cli-progress": ["platform/program/"],
  "croner": ["platform/jobs/schedules/"],
  "ioredis": ["server/rate_limit/"],
  "ipaddr.js": ["server/", "platform/events/webhooks/"],
  "jose": ["server/auth/"],
  "openapi-fetch": ["api/clients/"],
  "negotiator": ["server/"],
  "postgres": ["db/postgres/"],
  "postgres-array": ["db/postgres/"],
  "@mongodb-js/saslprep": ["db/postgres/"],
  "rate-limiter-flexible": ["server/rate_limit/"],
  "rfc6902": ["server/"],
  "standardwebhooks": ["platform/events/webhooks/"],
  "swagger-ui-dist": ["server/pages/"],
  "uuid": ["platform/", "services.ts", "*_service/"],
};
