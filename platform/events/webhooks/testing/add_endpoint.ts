import { v7 as newId } from "uuid";
import type { ConnectionManager } from "@archway/db/db.ts";
import type { SealRing } from "@archway/service_kit/signing.ts";
import type { Pace } from "../delivery/delivery.ts";

/** An endpoint as a test wants it. */
export interface TestEndpoint {
  readonly url: string;
  readonly secret: string;
  /** @default {null} */
  readonly owner?: string | null;
  /** @default {["payment.settled"]} */
  readonly eventTypes?: readonly string[];
  /** @default {"unknown"} */
  readonly pace?: Pace;
}

/** Keeps an endpoint, as the service does, and gives its id. */
export async function addEndpoint(
  database: ConnectionManager,
  secrets: SealRing,
  { url, secret, owner = null, eventTypes = ["payment.settled"], pace = "unknown" }: TestEndpoint,
): Promise<string> {
  const id = newId();
  await database.writer().query(
    `insert into webhook_endpoints (id, owner, url, event_types, sealed_secret, pace, created_at)
      values ($1, $2, $3, $4, $5, $6, now())`,
    [id, owner, url, eventTypes, secrets.seal(secret, id), pace],
  );
  return id;
}

/** Keeps a profile of an owner, and gives its id: what concerns it concerns them. */
export async function addProfile(database: ConnectionManager, owner: string | null): Promise<string> {
  const id = newId();
  await database.writer().query(
    "insert into profiles (id, name, owner, created_at, updated_at) values ($1, 'Somebody', $2, now(), now())",
    [id, owner],
  );
  return id;
}
