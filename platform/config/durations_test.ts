import { assertEquals, assertThrows } from "@std/assert";
import { join } from "node:path";
import { ConfigError, parseConfig } from "./config.ts";

const EXAMPLE = join(import.meta.dirname ?? ".", "../../.env.example");

/** A database on a server and an issuer, so that everything is read. */
const BASE: Readonly<Record<string, string>> = {
  POSTGRES_PRIMARY_HOST: "db",
  POSTGRES_PRIMARY_USER: "archway",
  POSTGRES_PRIMARY_PASSWORD: "a planted password",
  POSTGRES_PRIMARY_DATABASE: "archway",
  HMAC_SECRET: "0123456789abcdef0123456789abcdef",
  AUTH_KEY_FILE: "keys.pem",
  AUTH_ISSUER: "https://issuer.example/",
  AUTH_AUDIENCE: "https://api.example",
};

/** The least and the most of each; where the least is 0, README.md or .env.example says what that means, or it is plain. */
const LIMITS: Readonly<Record<string, readonly [least: string, most: string]>> = {
  POSTGRES_REPLICA_MAX_LAG: ["0s", "24h"],
  POSTGRES_REPLICA_PATIENCE: ["1ms", "24h"],
  CONSISTENCY_MAX_WAIT: ["0s", "10s"],
  POSTGRES_CONNECT_TIMEOUT: ["1ms", "24h"],
  POSTGRES_ACQUIRE_TIMEOUT: ["1ms", "24h"],
  POSTGRES_QUEUE_TIMEOUT: ["1ms", "24h"],
  POSTGRES_CONNECTION_LIFETIME: ["0s", "24h"],
  POSTGRES_STATEMENT_TIMEOUT: ["0s", "24h"],
  POSTGRES_TRANSACTION_TIMEOUT: ["0s", "24h"],
  CURSOR_TTL: ["1s", "87600h"],
  IDEMPOTENCY_TTL: ["1ms", "87600h"],
  AUTH_CLOCK_SKEW: ["0s", "5m"],
  AUTH_JWKS_COOLDOWN: ["0s", "24h"],
  READ_TIMEOUT: ["1ms", "24h"],
  WRITE_TIMEOUT: ["1ms", "24h"],
  IDLE_TIMEOUT: ["1ms", "24h"],
  ADMISSION_MAX_DELAY: ["0s", "24h"],
  SHUTDOWN_WAIT: ["0s", "24h"],
  SHUTDOWN_TIMEOUT: ["0s", "24h"],
  CORS_MAX_AGE: ["0s", "24h"],
};

/** What is wrong with a variable, by itself. */
function faultOf(variable: string, value: string): string | undefined {
  try {
    parseConfig((name) => name === variable ? value : BASE[name]);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    assertEquals(error.faults.map((fault) => fault.variable), [variable], value);
    return error.faults[0]?.reason;
  }
}

function milliseconds(text: string): number {
  const [, count, unit = ""] = /^(\d+)(ms|s|m|h)$/.exec(text) ?? [];
  return Number(count) * ({ ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit] ?? NaN);
}

Deno.test("parseConfig() takes every duration from its least to its most, and nothing beyond", async (t) => {
  for (const [variable, [least, most]] of Object.entries(LIMITS)) {
    await t.step(variable, () => {
      for (const good of [least, most]) assertEquals(faultOf(variable, good), undefined, good);
      const bad = [`${milliseconds(most) + 1}ms`, "999999999h"].filter((text) => /^\d{1,9}\D/.test(text));
      if (milliseconds(least) > 0) bad.push(`${milliseconds(least) - 1}ms`, "0s");
      const reason = milliseconds(least) > 0 ? `must be ${least} to ${most}` : `must be at most ${most}`;
      for (const text of bad) assertEquals(faultOf(variable, text), reason, text);
    });
  }
});

Deno.test("every duration of the platform in .env.example has limits", async () => {
  const lines = (await Deno.readTextFile(EXAMPLE)).matchAll(/^#?([A-Z_0-9]+)=\d+(?:ms|s|m|h)$/gm);
  // A service reads its own, and tests their limits itself.
  const known = [...lines].map(([, name = ""]) => name).filter((name) => faultOf(name, "x") !== undefined);
  assertEquals(known.toSorted(), Object.keys(LIMITS).toSorted());
});

Deno.test("a duration that is none is told of once", () => {
  for (const text of ["10", "1d", "-1s", "1.5s", "1000000000ms", "soon"]) {
    const error = assertThrows(
      () => parseConfig((name) => name === "READ_TIMEOUT" ? text : BASE[name]),
      ConfigError,
    );
    assertEquals(error.faults, [
      { variable: "READ_TIMEOUT", reason: 'must be a duration such as "500ms", "10s", "5m" or "24h"' },
    ]);
  }
});
