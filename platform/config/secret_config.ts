import type { SettingsReader } from "@archway/service_kit/setting.ts";
import { durationSetting, MAX_RETENTION, secretSetting } from "@archway/service_kit/setting_types.ts";

/** Secrets for signing and encryption, and the lifetime of cursors. */
export interface SecretConfig {
  /** HMAC secrets, newest first; undefined if one is generated and stored with the embedded database. */
  readonly hmacSecrets: readonly [string, ...string[]] | undefined;
  readonly cursorTtlSeconds: number;
}

/** Minimum length of an HMAC secret: the output length of SHA-256 (RFC 2104, section 3). */
const MIN_SECRET_BYTES = 32;

const HMAC_SECRET = secretSetting("HMAC_SECRET", {
  defaultRule: "generated and stored with the embedded database; required otherwise",
  description:
    "Signs cursors and consistency tokens, and encrypts the secrets of webhooks and keys of personal data: 32 bytes " +
    "or more, such as " +
    "the output of `openssl rand -base64 32`. The first one signs and encrypts, all of them verify and decrypt. To " +
    "rotate, set old,new in all processes, then new,old in all of them, and remove the old one after CURSOR_TTL; " +
    "workers have re-encrypted stored secrets by then.",
});
const CURSOR_TTL = durationSetting("CURSOR_TTL", {
  default: "24h",
  min: "1s",
  max: MAX_RETENTION,
  description: "Lifetime of a page cursor.",
});

export const SECRET_SETTINGS = [HMAC_SECRET, CURSOR_TTL];

/** Whether no secret is set, so that one is generated and stored with the embedded database. */
export function isSecretGenerated(reader: Pick<SettingsReader, "isSet">): boolean {
  return !reader.isSet(HMAC_SECRET);
}

/** Reads the secrets; one is required with an external PostgreSQL. */
export function readSecretConfig(
  reader: SettingsReader,
  { required }: { readonly required: boolean },
): SecretConfig {
  const text = reader.read(HMAC_SECRET);
  if (required && !reader.isSet(HMAC_SECRET)) {
    reader.reject(HMAC_SECRET, "is required: set it to the output of `openssl rand -base64 32`, and keep it");
  }
  return {
    hmacSecrets: text ? readSecrets(reader, text) : undefined,
    cursorTtlSeconds: Math.floor(reader.read(CURSOR_TTL) / 1000),
  };
}

function readSecrets(reader: SettingsReader, text: string): readonly [string, ...string[]] {
  const secrets = text.split(",").map((secret) => secret.trim());
  const encoder = new TextEncoder();
  if (secrets.some((secret) => encoder.encode(secret).length < MIN_SECRET_BYTES)) {
    reader.reject(
      HMAC_SECRET,
      `must have at least ${MIN_SECRET_BYTES} bytes, as must each secret of a comma-separated list`,
    );
  }
  const [first = "", ...others] = secrets;
  return [first, ...others];
}
