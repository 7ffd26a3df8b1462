import { v4 as newKey } from "uuid";
import { itemOf } from "@archway/conformance/derived/subjects.ts";
import {
  type HistorySession,
  type OpenWorkload,
  tokenHeader,
  type Workload,
} from "@archway/conformance/history/workload.ts";
import type { JsonValue } from "@archway/server/operation.ts";
import { checkBatches } from "./check_batches.ts";
import { readAll } from "./read_statements.ts";
import { CURRENCY, outputOf, ownerOf, TestAccounts } from "./test_accounts.ts";

/** Number of batches of a run, whose requests are all read at its end. */
const MAX_BATCHES = 60;
const MAX_ATTEMPTS = 3;
const ITEMS = 3;
const LIFETIME_MS = 2 * 86_400_000;
const POLL_MS = 300;

/** Options of {@link batchWorkload}. */
export interface BatchWorkloadOptions {
  /** Time after which the job of a batch counts as lost, in milliseconds. @default {180_000} */
  readonly timeoutMs?: number;
}

/** Batch of payment requests, which a job creates. */
interface Batch {
  /** Idempotency-Key, and description of its requests. */
  readonly key: string;
  readonly owner: string;
  readonly payee: string;
  /** Id as far as its client knows. */
  id?: string;
}

/** Batches of payment requests, which are accepted once and created by jobs. */
export function batchWorkload({ timeoutMs = 180_000 }: BatchWorkloadOptions = {}): Workload {
  return {
    name: "batches",
    async open(session): Promise<BatchClient> {
      const client = new BatchClient(timeoutMs);
      await client.accounts.of(session);
      return client;
    },
    check: checkBatches,
  };
}

class BatchClient implements OpenWorkload {
  readonly accounts = new TestAccounts({ count: 1, isEmpty: true });
  readonly #timeoutMs: number;
  readonly #batches: Batch[] = [];

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** Sends a new batch, or an earlier one again. */
  async step(session: HistorySession): Promise<void> {
    const [payee] = await this.accounts.of(session).catch(() => []);
    if (payee === undefined) return;
    const owner = ownerOf(session);
    const earlier = session.pick(this.#batches.filter((batch) => batch.owner === owner));
    const isFull = this.#batches.length >= MAX_BATCHES;
    const repeats = session.random() < 0.2;
    if (earlier !== undefined && repeats) await this.#send(session, earlier);
    if (repeats || isFull) return;
    const batch: Batch = { key: newKey(), owner, payee };
    this.#batches.push(batch);
    for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
      if (await this.#send(session, batch) || session.random() < 0.3) return;
    }
  }

  async finish(sessions: readonly HistorySession[]): Promise<void> {
    const endMs = performance.now() + this.#timeoutMs;
    for (const { key, owner, payee, id } of this.#batches) {
      const session = sessions.find((one) => ownerOf(one) === owner);
      if (session === undefined || id === undefined) continue;
      let state = "";
      for (let first = true; state !== "completed" && (first || performance.now() < endMs); first = false) {
        if (!first) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
        const { body } = await session.send({ path: `/v1/payment-request-batches/${id}` });
        state = String(itemOf(body)["status"]);
      }
      await session.record(
        { action: "batch end", key, input: {} },
        () => Promise.resolve({ outcome: "ok", output: { state, payee } }),
      );
    }
    for (const [account, owner] of this.accounts.owners) {
      const session = sessions.find((one) => ownerOf(one) === owner);
      if (session === undefined) continue;
      // The token of a replay covers what jobs have written until then.
      const known = this.#batches.find((batch) => batch.owner === owner && batch.id !== undefined);
      while (known !== undefined && !await this.#send(session, known) && performance.now() < endMs) {
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
      const path = `/v1/payment-requests?accountId=${account}&limit=200`;
      await session.record(
        { action: "requests", key: account, input: {} },
        () => readAll(session, path, tokenHeader(session.lastToken)),
      );
    }
  }

  remove(sessions: readonly HistorySession[]): Promise<void> {
    return this.accounts.remove(sessions);
  }

  /** Returns whether it was accepted. */
  async #send(session: HistorySession, batch: Batch): Promise<boolean> {
    const { key, payee } = batch;
    // The requests get their ids from the program, so that only their description says whether there is one too many.
    const request: JsonValue = {
      ...{ payeeAccountId: payee, amount: { amount: "1.00", currency: CURRENCY }, description: key },
      expiresAt: new Date(EPOCH + LIFETIME_MS).toISOString(),
    };
    const found = await session.write(
      { action: "batch", key, input: { items: ITEMS } },
      {
        ...{ method: "POST", path: "/v1/payment-request-batches", headers: { "Idempotency-Key": key } },
        body: { requests: Array.from({ length: ITEMS }, () => request) },
      },
      outputOf,
    );
    if (found.outcome === "ok") batch.id = String(itemOf(found.body)["id"]);
    return found.outcome === "ok";
  }
}

/** Time from which all lifetimes count, so that a repeated request is the same one. */
const EPOCH = Date.now();
