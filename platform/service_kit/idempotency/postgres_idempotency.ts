import { Buffer } from "node:buffer";
import type { ConnectionManager, QueryOptions, TxManager } from "@archway/db/db.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import type {
  Idempotency,
  KeptAnswer,
  KeyedAnswer,
  KeyedRequest,
  Work,
} from "@archway/server/idempotency.ts";
import { Problem } from "@archway/server/problem.ts";
import { microsecondsOf, type Timestamp, timestampOf } from "@archway/db/timestamp.ts";
import { claimKey, findKey, insertKey, type KeptKey, KEY_CONSTRAINT, keyId } from "./kept_keys.ts";
import { RecentKeys } from "./recent_keys.ts";
import { TransactionUnit } from "./transaction_unit.ts";

/** What keys are kept with. */
export interface PostgresIdempotencyOptions {
  readonly pool: ConnectionManager & TxManager;
  /** How long an answer is given again, in milliseconds. */
  readonly ttlMs: number;
  /** The time now, with microseconds. */
  readonly now: () => Timestamp;
  /** What an answer says besides once its work is committed, such as a `Consistency-Token`. Never rejects. */
  readonly fresh?: (options: QueryOptions) => Promise<Readonly<Record<string, string>>>;
}

/** How many keys a process remembers. */
const MOST_RECENT = 10_000;

/**
 * Keeps keys in the database, in the transaction of what they stand for. Beside a lock that ends with the transaction it
 * needs nothing that processes would have to agree on.
 */
export class PostgresIdempotency implements Idempotency {
  readonly #options: PostgresIdempotencyOptions;
  readonly #recent = new RecentKeys(MOST_RECENT);

  constructor(options: PostgresIdempotencyOptions) {
    this.#options = options;
  }

  async answer(request: KeyedRequest, work: Work): Promise<KeyedAnswer> {
    const id = keyId(request);
    const name = id.toString("base64");
    const recent = this.#recent.get(name);
    const known = recent && await this.#find(id, request);
    // Nothing has come of it since that a repeated answer would have to tell.
    if (recent !== undefined && known !== undefined) return { ...known, fresh: recent };
    const given = await this.#work(id, request, work);
    const fresh = given.answer.status < 400
      ? await this.#options.fresh?.({ signal: request.signal }) ?? {}
      : {};
    this.#recent.add(name, fresh);
    return { ...given, fresh };
  }

  async #find(id: Buffer, request: KeyedRequest): Promise<Given | undefined> {
    const { pool, now } = this.#options;
    const kept = await findKey(pool.writer(), id, { now: now(), signal: request.signal });
    return kept && replay(kept, request);
  }

  /** Runs the work until it, or another request's with the key, is kept. */
  async #work(id: Buffer, request: KeyedRequest, work: Work): Promise<Given> {
    let current = work;
    while (true) {
      try {
        return await this.#attempt(id, request, current);
      } catch (error) {
        if (error instanceof RefusedWork) {
          // What was done for it is undone by now. The answer is kept by a transaction of its own, unless another
          // request with the key was quicker, whose answer is then the first one.
          const { answer } = error;
          current = () => Promise.resolve({ answer, refused: false });
        } else if (!(error instanceof DatabaseError && error.constraint === KEY_CONSTRAINT)) {
          throw error;
        }
      }
    }
  }

  #attempt(id: Buffer, request: KeyedRequest, work: Work): Promise<Given> {
    const { pool, now, ttlMs } = this.#options;
    return pool.withTx(async (tx) => {
      const createdAt = now();
      const found = await claimKey(tx, id, { now: createdAt });
      if (found === "in use") {
        throw new Problem(409, "idempotency-key-in-use", {
          detail: "Another request with this Idempotency-Key is being worked on",
          headers: { "Retry-After": "1" },
        });
      }
      if (found !== "claimed") return replay(found, request);
      const { answer, refused } = await work(new TransactionUnit(request.operation, tx));
      if (refused) throw new RefusedWork(answer);
      const expiresAt = timestampOf(microsecondsOf(createdAt) + BigInt(ttlMs) * 1000n);
      await insertKey(tx, id, { request, answer, createdAt, expiresAt });
      return { answer, replayed: false };
    }, { signal: request.signal, repeatable: true });
  }
}

type Given = Omit<KeyedAnswer, "fresh">;

/** Rolls back what a refused request has done. */
class RefusedWork extends Error {
  override readonly name = "RefusedWork";
  constructor(readonly answer: KeptAnswer) {
    super("The request was refused");
  }
}

function replay({ fingerprint, expired, answer }: KeptKey, request: KeyedRequest): Given {
  if (expired) {
    throw new Problem(422, "idempotency-key-expired", {
      detail: "The Idempotency-Key was used, and its answer is no longer kept: nothing was done",
    });
  }
  if (Buffer.compare(fingerprint, request.fingerprint) !== 0) {
    throw new Problem(422, "idempotency-key-reused", {
      detail: "The Idempotency-Key was used for another request: nothing was done",
    });
  }
  return { answer, replayed: true };
}
