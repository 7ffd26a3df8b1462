import { Buffer } from "node:buffer";
import type { SignedEndpoint } from "./delivery.ts";

/** SELECT list of an {@link EndpointRow}; expects the table `webhook_endpoints` under the alias `w`. */
export const ENDPOINT_COLUMNS = `w.id as endpoint_id, w.url, w.sealed_secret, (
    select jsonb_agg(encode(p.sealed_secret, 'hex') order by p.id desc)
    from webhook_previous_secrets as p where p.endpoint_id = w.id and p.expires_at > now()
  ) as previous_secrets`;

/** An endpoint with its secrets. */
export interface EndpointRow {
  readonly endpoint_id: string;
  readonly url: string;
  readonly sealed_secret: Uint8Array;
  /** In hexadecimal digits, newest first. */
  readonly previous_secrets: readonly string[] | null;
}

/** Converts a row to an endpoint. */
export function endpointOfRow(row: EndpointRow): SignedEndpoint {
  const previous = (row.previous_secrets ?? []).map((digits) => Uint8Array.from(Buffer.from(digits, "hex")));
  return { id: row.endpoint_id, url: row.url, encryptedSecrets: [row.sealed_secret, ...previous] };
}
