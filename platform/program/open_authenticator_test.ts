import { assertEquals, assertRejects } from "@std/assert";
import { ConfigError } from "@archway/config/config.ts";
import type { JwtConfig } from "@archway/config/auth_config.ts";
import { SILENT_LOGGER } from "@archway/server/logger.ts";
import { openAuthenticator } from "./open_authenticator.ts";

async function errorOf(file: string): Promise<string> {
  const auth: JwtConfig = {
    ...{ kind: "jwt", keys: { file }, issuer: "issuer", audience: "audience", algorithms: ["ES256"] },
    ...{ clockSkewMs: 0, jwksCooldownMs: 0, apiKeyTtlMs: 0, certificateHeader: undefined },
  };
  const database = { kind: "embedded", dataDirectory: "" } as const;
  const unused = (): never => {
    throw new Error("No key is read");
  };
  const pool = { writer: unused, reader: unused, position: unused };
  const dependencies = { logger: SILENT_LOGGER, pool, signal: new AbortController().signal };
  return (await assertRejects(() => openAuthenticator({ auth, database }, dependencies), ConfigError))
    .message;
}

Deno.test("openAuthenticator() rejects a key file that is missing, no regular file or too large", async () => {
  const path = await Deno.makeTempFile({ prefix: "archway_keys_" });
  try {
    await Deno.writeTextFile(path, "x".repeat(1024 * 1024 + 1));
    const expected = [
      [`${path}.gone`, "NotFound"],
      ["/dev/null", "The file is not a regular file"],
      [path, "The file is larger than 1 MiB"],
    ];
    for (const [file = "", reason] of expected) {
      assertEquals(
        await errorOf(file),
        `Invalid configuration:\n  AUTH_KEY_FILE cannot be used: ${reason}`,
      );
    }
  } finally {
    await Deno.remove(path);
  }
});
