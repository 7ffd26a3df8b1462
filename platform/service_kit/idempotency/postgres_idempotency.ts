import { Buffer } from "node:buffer";
import type { ConnectionManager, QueryOptions, TxManager } from "@archway/db/db.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import type {
  Idempotency,
  KeyedRequest,
  KeyedResponse,
  StoredResponse,
  Work,
} from "@archway/server/idempotency.ts";
import { Problem } from "@archway/server/problem.ts";
import { microsecondsOf, type Timestamp, timestampOf } from "@archway/db/timestamp.ts";
import { type AuditTrail, mentionedIds } from "../audit_trail.ts";
import { claimKey, findKey, insertKey, KEY_CONSTRAINT, keyId, type StoredKey } from "./stored_keys.ts";
import { RecentKeys } from "./recent_keys.ts";
import { TransactionUnit } from "./transaction_unit.ts";

/** Options for {@link PostgresIdempotency}. */
export interface PostgresIdempotencyOptions {
  readonly pool: ConnectionManager & TxManager;
  /** Lifetime of a stored response, in milliseconds. */
  readonly ttlMs: number;
  /** Current time, with microseconds. */
  readonly now: () => Timestamp;
  /** Records that stored responses are read again. @default none */
  readonly audit?: AuditTrail | undefined;
  /** Returns header fields of responses and their replays, such as `Consistency-Token`. Never rejects. */
  readonly fresh?: (options: QueryOptions) => Promise<Readonly<Record<string, string>>>;
}

/** Number of keys that a process caches. */
const RECENT_CAPACITY = 10_000;

/**
 * Stores keys in the database, in the same transaction as the work. Processes coordinate through an advisory lock that
 * ends with the transaction.
 */
export class PostgresIdempotency implements Idempotency {
  readonly #options: PostgresIdempotencyOptions;
  readonly #recent = new RecentKeys(RECENT_CAPACITY);

  constructor(options: PostgresIdempotencyOptions) {
    this.#options = options;
  }

  async run(request: KeyedRequest, work: Work): Promise<KeyedResponse> {
    const id = keyId(request);
    const name = id.toString("base64");
    const recent = this.#recent.get(name);
    if (recent !== undefined) {
      // The work was committed before this process cached the key, so that fields of now cover it, and what the client
      // has written meanwhile. Its own first fields do not.
      const [known, fresh] = await Promise.all([
        this.#find(id, request),
        recent === "refused" ? {} : this.#fresh(request),
      ]);
      if (known !== undefined) {
        this.#recordRead(request, known);
        return { ...known, fresh };
      }
    }
    const result = await this.#work(id, request, work);
    this.#recordRead(request, result);
    const isRefused = result.response.status >= 400;
    const fresh = isRefused ? {} : await this.#fresh(request);
    this.#recent.add(name, isRefused ? "refused" : "done");
    return { ...result, fresh };
  }

  /** Records in the audit log, if there is one, that a stored response was read. Refusals have no resource. */
  #recordRead({ principal, operation }: KeyedRequest, { replayed, response }: KeyedResult): void {
    const { audit } = this.#options;
    const { status, body } = response;
    if (audit === undefined || !replayed || status >= 400 || body === undefined) return;
    const ids = idsIn(body);
    audit.read({ actor: principal ?? null, resource: "response", ids: ids.length > 0 ? ids : [operation] });
  }

  async #fresh({ signal }: KeyedRequest): Promise<KeyedResponse["fresh"]> {
    return await this.#options.fresh?.({ signal }) ?? {};
  }

  async #find(id: Buffer, request: KeyedRequest): Promise<KeyedResult | undefined> {
    const { pool, now } = this.#options;
    const kept = await findKey(pool.writer(), id, { now: now(), signal: request.signal });
    return kept && replay(kept, request);
  }

  /** Runs the work until its response, or that of a concurrent request with the key, is stored. */
  async #work(id: Buffer, request: KeyedRequest, work: Work): Promise<KeyedResult> {
    let current = work;
    let defers = true;
    while (true) {
      try {
        return await this.#attempt(id, request, { work: current, defers });
      } catch (error) {
        if (error instanceof FailedWrite) {
          // It is rolled back. The next run of the work waits for its writes and throws their error itself.
          defers = false;
        } else if (error instanceof RefusedWork) {
          // The work is rolled back by now. A second transaction stores the response, unless another request with the
          // key was faster; its response is then the one to replay.
          const { response } = error;
          current = () => Promise.resolve({ response, refused: false });
        } else if (!(error instanceof DatabaseError && error.constraint === KEY_CONSTRAINT)) {
          throw error;
        }
      }
    }
  }

  #attempt(id: Buffer, request: KeyedRequest, { work, defers }: Attempt): Promise<KeyedResult> {
    const { pool, now, ttlMs } = this.#options;
    return pool.withTx(async (tx) => {
      const createdAt = now();
      const found = await claimKey(tx, id, { now: createdAt });
      if (found === "in use") {
        throw new Problem(409, "idempotency-key-in-use", {
          detail: "Another request with this Idempotency-Key is in progress",
          headers: { "Retry-After": "1" },
        });
      }
      if (found !== "claimed") return replay(found, request);
      const unit = new TransactionUnit(request.operation, { tx, defers });
      const { response, refused } = await work(unit);
      if (refused) throw new RefusedWork(response);
      const expiresAt = timestampOf(microsecondsOf(createdAt) + BigInt(ttlMs) * 1000n);
      const stored = insertKey(tx, id, { request, response, createdAt, expiresAt });
      if (unit.hasDeferred) await deferredWrites(unit, stored);
      await stored;
      return { response, replayed: false };
    }, { signal: request.signal, repeatable: true });
  }
}

interface Attempt {
  readonly work: Work;
  /** Whether writes of the work may complete together with the key. */
  readonly defers: boolean;
}

type KeyedResult = Omit<KeyedResponse, "fresh">;

/** Rolls back the work of a refused request. */
class RefusedWork extends Error {
  override readonly name = "RefusedWork";
  constructor(readonly response: StoredResponse) {
    super("The request was refused");
  }
}

/** Rolls back work of which a write has failed that it has not waited for. */
class FailedWrite extends Error {
  override readonly name = "FailedWrite";
}

/** Waits for the writes that were sent in front of the key. */
async function deferredWrites(unit: TransactionUnit, stored: Promise<void>): Promise<void> {
  // It fails as they do, and their error says more.
  stored.catch(() => undefined);
  try {
    await unit.deferred();
  } catch (error) {
    // Errors of the database are conflicts, which are repeated, or leave the outcome open, as they do everywhere.
    if (error instanceof DatabaseError) throw error;
    if (await stored.then(() => true, () => false)) {
      const message =
        "Writes were committed with their key, although the program then refused them: use a constraint";
      throw new Error(message, { cause: error });
    }
    throw new FailedWrite("A write failed", { cause: error });
  }
}

/** Returns the ids that a response mentions; none if it is not JSON. */
function idsIn(body: Uint8Array): readonly string[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return [];
  }
  const data: unknown = Object(parsed).data;
  return mentionedIds(data ?? parsed);
}

function replay({ fingerprint, expired, response }: StoredKey, request: KeyedRequest): KeyedResult {
  if (expired) {
    throw new Problem(422, "idempotency-key-expired", {
      detail: "The Idempotency-Key was used before, and its response has expired; no changes were made",
    });
  }
  if (Buffer.compare(fingerprint, request.fingerprint) !== 0) {
    throw new Problem(422, "idempotency-key-reused", {
      detail: "The Idempotency-Key was used for another request; no changes were made",
    });
  }
  return { response, replayed: true };
}
