import { Webhook } from "standardwebhooks";
import type { Querier } from "@archway/db/db.ts";
import type { ReceivedMessage } from "@archway/service_kit/developer_view.ts";
import type { EncryptionKeyRing } from "@archway/service_kit/signing.ts";
import { ENDPOINT_COLUMNS, endpointOfRow, type EndpointRow } from "./endpoint_row.ts";

const FIND = `select ${ENDPOINT_COLUMNS} from webhook_endpoints as w where w.url = $1`;

/**
 * Returns whether a message has a signature that a secret of the webhooks with its URL made within the last five minutes;
 * undefined if no webhook has its URL.
 */
export async function verifySignature(
  db: Querier,
  { url, headers, body }: ReceivedMessage,
  secrets: EncryptionKeyRing,
): Promise<boolean | undefined> {
  const { rows } = await db.query<EndpointRow>(FIND, [url]);
  if (rows.length === 0) return undefined;
  const known = rows.map(endpointOfRow).flatMap(({ id, encryptedSecrets }) =>
    encryptedSecrets.flatMap((encrypted) => secrets.decrypt(encrypted, id) ?? [])
  );
  return known.some((secret) => isSignedBy(secret, { headers, body }));
}

function isSignedBy(secret: string, { headers, body }: Pick<ReceivedMessage, "headers" | "body">): boolean {
  try {
    new Webhook(secret).verify(body, Object.fromEntries(headers), { jsonParse: false });
    return true;
  } catch {
    return false;
  }
}
