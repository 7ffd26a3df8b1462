import { timingSafeEqual } from "node:crypto";
import type { ConnectionManager } from "@archway/db/db.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import { timestampOf } from "@archway/db/timestamp.ts";
import {
  AuthenticatorUnavailableError,
  type Credential,
  type CredentialAuthenticator,
  type CredentialOptions,
  InvalidTokenError,
} from "@archway/server/authenticator.ts";
import type { Principal } from "@archway/server/request_context.ts";
import { readApiKey, type SentApiKey } from "./api_key.ts";
import { findApiKey, type HashedApiKey, recordApiKeyUse } from "./api_key_table.ts";

/** Options of {@link ApiKeyAuthenticator}. */
export interface ApiKeyAuthenticatorOptions {
  readonly pool: ConnectionManager;
  /** Time for which a key that was read is reused, in milliseconds: a revocation takes effect within it. */
  readonly ttlMs: number;
  /**
   * Returns the current time, in milliseconds since the Unix epoch.
   *
   * @default {Date.now}
   */
  readonly nowMs?: () => number;
  /** Called when the use of a key could not be recorded. */
  readonly onUnrecorded: (error: unknown) => void;
}

/** Key as read from the database. */
interface ReadKey {
  readonly key: HashedApiKey;
  readonly principal: Principal;
  readonly expiresMs: number;
  readonly readMs: number;
  /** Time of the last use that was recorded. */
  usedMs: number;
}

/** Maximum number of cached keys; the oldest is evicted. */
const MAX_KEYS = 1024;

/** Minimum time between two records of a key's use, in milliseconds. */
const RECORD_MS = 60_000;

/** Authenticator for the keys in the database. */
export class ApiKeyAuthenticator implements CredentialAuthenticator, AsyncDisposable {
  readonly #options: ApiKeyAuthenticatorOptions;
  readonly #read = new Map<string, ReadKey>();
  readonly #recording = new Set<Promise<void>>();

  constructor(options: ApiKeyAuthenticatorOptions) {
    this.#options = options;
  }

  authenticate(credential: Credential, { signal }: CredentialOptions): Principal | Promise<Principal> {
    const sent = readApiKey(credential);
    if (sent === undefined) throw new InvalidTokenError("Not an API key");
    const { nowMs = Date.now, ttlMs } = this.#options;
    const now = nowMs();
    const read = this.#read.get(sent.id);
    if (read !== undefined && now - read.readMs < ttlMs) return this.#check(sent, read, now);
    return this.#find(sent.id, { now, signal }).then((found) => this.#check(sent, found, now));
  }

  /** Waits until all uses are recorded. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#recording);
  }

  #check(sent: SentApiKey, read: ReadKey, now: number): Principal {
    const { key, principal } = read;
    if (!timingSafeEqual(sent.secretHash, key.secretHash)) throw new InvalidTokenError("Wrong secret");
    if (key.revokedAt !== undefined) throw new InvalidTokenError("Revoked key");
    if (read.expiresMs <= now) throw new InvalidTokenError("Expired key");
    if (now - read.usedMs >= RECORD_MS) {
      read.usedMs = now;
      this.#recordUse(key.id, now);
    }
    return principal;
  }

  async #find(id: string, { now, signal }: { now: number; signal: AbortSignal }): Promise<ReadKey> {
    const key = await this.#query(id, signal);
    const before = this.#read.get(id);
    this.#read.delete(id);
    if (key === undefined) throw new InvalidTokenError("Unknown key");
    const read = readKey(key, now);
    // A use may not be recorded yet, or not have reached the replica.
    if (before !== undefined) read.usedMs = Math.max(read.usedMs, before.usedMs);
    if (this.#read.size >= MAX_KEYS) {
      const [oldest = ""] = this.#read.keys();
      this.#read.delete(oldest);
    }
    this.#read.set(id, read);
    return read;
  }

  async #query(id: string, signal: AbortSignal): Promise<HashedApiKey | undefined> {
    const { pool } = this.#options;
    try {
      // A new key may not have reached the replica yet.
      return await findApiKey(pool.reader(), id, { signal }) ??
        await findApiKey(pool.writer(), id, { signal });
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.code === "internal") throw error;
      throw new AuthenticatorUnavailableError("API keys cannot be read", { cause: error });
    }
  }

  #recordUse(id: string, now: number): void {
    const { pool, onUnrecorded } = this.#options;
    const usedAt = timestampOf(BigInt(now) * 1000n);
    const recording = recordApiKeyUse(pool.writer(), id, usedAt).catch(onUnrecorded)
      .finally(() => this.#recording.delete(recording));
    this.#recording.add(recording);
  }
}

function readKey(key: HashedApiKey, readMs: number): ReadKey {
  const { subject, isClient, expiresAt, lastUsedAt } = key;
  return {
    key,
    principal: { subject, scopes: new Set(key.scopes), ...(isClient && { isClient }) },
    expiresMs: expiresAt === undefined ? Infinity : Date.parse(expiresAt),
    readMs,
    usedMs: lastUsedAt === undefined ? -Infinity : Date.parse(lastUsedAt),
  };
}
