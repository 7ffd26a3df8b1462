import { v7 as newId } from "uuid";
import type { ConnectionManager } from "@archway/db/db.ts";
import type { EncryptionKeyRing } from "@archway/service_kit/signing.ts";
import type { LatencyClass } from "../delivery/delivery.ts";

/** Endpoint of a test. */
export interface TestEndpoint {
  readonly url: string;
  readonly secret: string;
  /** @default {null} */
  readonly owner?: string | null;
  /** @default {["order.placed"]} */
  readonly eventTypes?: readonly string[];
  /** @default {"unknown"} */
  readonly latency?: LatencyClass;
}

/** Stores an endpoint, as the service does, and returns its id. */
export async function addEndpoint(
  database: ConnectionManager,
  secrets: EncryptionKeyRing,
  { url, secret, owner = null, eventTypes = ["order.placed"], latency = "unknown" }: TestEndpoint,
): Promise<string> {
  const id = newId();
  await database.writer().query(
    `insert into webhook_endpoints (id, owner, url, event_types, sealed_secret, pace, created_at)
      values ($1, $2, $3, $4, $5, $6, now())`,
    [id, owner, url, eventTypes, secrets.encrypt(secret, id), latency],
  );
  return id;
}
