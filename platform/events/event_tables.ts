import type { TableDeclaration } from "@archway/service_kit/personal_data.ts";

const QUEUE = { rule: "until the event is published" };
const WEBHOOK = { rule: "until the webhook is deleted" };

/** Tables of events and webhooks, with their personal data. */
export const EVENT_TABLES: readonly TableDeclaration[] = [
  {
    table: "events",
    personal: ["data", "metadata"],
    retention: { rule: "for good: the source of truth" },
    erasure: "personal fields become unreadable with the key; ids, amounts and the caller stay",
  },
  { table: "outbox", personal: [], retention: QUEUE },
  { table: "broker_messages", personal: [], retention: QUEUE },
  {
    table: "webhook_deliveries",
    personal: [],
    retention: { setting: "WEBHOOK_RETENTION", rule: "after the delivery was settled" },
  },
  {
    table: "webhook_endpoints",
    personal: ["owner", "url"],
    retention: WEBHOOK,
    erasure: "nothing: a webhook belongs to a caller",
  },
  { table: "webhook_lanes", personal: [], retention: { rule: "while deliveries are pending" } },
  { table: "webhook_previous_secrets", personal: [], retention: { rule: "until the secret expires" } },
];
