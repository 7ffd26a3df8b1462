import type { Workload } from "@archway/conformance/history/workload.ts";
import type { ConnectionPool, Transaction } from "@archway/db/db.ts";
import { alteredPool, rewritingPool, type Statement } from "@archway/tools/verify/faults/altered_pool.ts";
import { batchWorkload } from "./batch_workload.ts";
import { transferWorkload } from "./transfer_workload.ts";
import { webhookWorkload } from "./webhook_workload.ts";

/**
 * Time after which a webhook or a job counts as lost in the first round, where some are. It doubles in each round up to the
 * maximum, as a busy machine does not get to the defect before all of them count as lost.
 */
const LOST_MS = 1_000;
const MAX_LOST_MS = 30_000;
/** One of so many transactions with a payment is rolled back, and its events are not. */
const ROLLED_BACK_ONE_IN = 8;

/** Defect of the work behind responses, and the workload that meets it. */
interface BackgroundFault {
  readonly workload: Workload;
  readonly plant: (pool: ConnectionPool) => ConnectionPool;
  /** Part of a message that it leads to. */
  readonly message: RegExp;
}

/** Returns the workload of webhooks for the events of transfers. It removes its webhooks, of which an owner has few. */
export function webhooksOfTransfers(timeoutMs?: number): Workload {
  const webhooks = webhookWorkload(timeoutMs === undefined ? {} : { timeoutMs });
  return {
    ...webhooks,
    async open(session): ReturnType<Workload["open"]> {
      const own = await webhooks.open(session);
      const transfers = await transferWorkload.open(session);
      return {
        ...own,
        step: async (one) => await one.pick([own, transfers, transfers])?.step(one),
        async finish(sessions): Promise<void> {
          await own.finish?.(sessions);
          await own.remove?.(sessions);
        },
      };
    },
  };
}

/** Returns a workload whose timeout is longer each time that it is opened. */
function withLosses(workloadOf: (timeoutMs: number) => Workload): Workload {
  const { name, check } = workloadOf(LOST_MS);
  let nextMs = LOST_MS;
  return {
    ...{ name, check },
    async open(session): ReturnType<Workload["open"]> {
      const timeoutMs = nextMs;
      nextMs = Math.min(MAX_LOST_MS, 2 * timeoutMs);
      return await workloadOf(timeoutMs).open(session);
    },
  };
}

function webhookFault(plant: BackgroundFault["plant"], message: RegExp): BackgroundFault {
  return { workload: withLosses(webhooksOfTransfers), plant, message };
}

function jobFault(message: RegExp, ...changes: readonly (readonly [string, string])[]): BackgroundFault {
  const plant = (pool: ConnectionPool): ConnectionPool =>
    rewritingPool(pool, (text) => changes.reduce((left, [from, to]) => left.replace(from, to), text));
  return { workload: withLosses((timeoutMs) => batchWorkload({ timeoutMs })), plant, message };
}

/** Defects of webhooks and jobs, by name. */
export const BACKGROUND_FAULTS: Readonly<Record<string, BackgroundFault>> = {
  "webhook lost: rows of the outbox are skipped": webhookFault(
    (pool) =>
      rewritingPool(
        pool,
        (text) => text.replace(/insert into outbox .* from appended/, "$& where position % 8 <> 0"),
      ),
    /^webhooks: (?:no event of payment .* was delivered|.* was sent before|of payment .* events say)/,
  ),
  "webhook out of order: the newest event of a stream is sent first": webhookFault(
    (pool) =>
      rewritingPool(
        pool,
        (text) => text.replace("order by d.position limit 1", "order by d.position desc limit 1"),
      ),
    /^webhooks: .*@3 was sent before .*@2 was accepted|@2 was sent before .*@1 was accepted/,
  ),
  "webhook of an event that was rolled back": webhookFault(
    rollingBackPool,
    /^webhooks: (?:an event of payment .* was sent, which does not exist|of payment .* events say)/,
  ),
  "job lost: it is not enqueued": jobFault(
    /^jobs: the batch .* was accepted, and its job has not ended/,
    [
      "from new order by unique_key nulls first, place",
      "from new where random() < 0.7 order by unique_key nulls first, place",
    ],
  ),
  "job run twice: what it has done is not recorded": jobFault(
    /^jobs: the batch .* of 3 requests has led to [4-9]/,
    [
      'select place, request_id as "requestId", terms',
      'select place, gen_random_uuid() as "requestId", terms',
    ],
    ["where batch_id = $1 and place = $2", "where batch_id = $1 and place = $2 and random() < 0.7"],
  ),
};

/** Undoes a transaction. */
class RolledBack extends Error {
  override readonly name = "RolledBack";
}

/**
 * Returns a pool that rolls some transactions with payments back, and writes their events all the same. Others, such as
 * the deposits before a run, are left alone, so that workloads can be opened.
 */
function rollingBackPool(pool: ConnectionPool): ConnectionPool {
  let count = 0;
  return alteredPool(pool, {
    withTx: async (run, options) => {
      const events: Statement[] = [];
      const recording = (tx: Transaction): Transaction => ({
        query: (text, parameters, { last: _, ...query } = {}) => {
          if (isPayment(text, parameters)) events.push({ text, parameters, options: undefined });
          // The last statement would commit.
          return tx.query(text, parameters, query);
        },
        savepoint: (inner) => tx.savepoint((nested) => inner(recording(nested))),
      });
      try {
        return await pool.withTx(async (tx) => {
          events.length = 0;
          const result = await run(recording(tx));
          const isUndone = events.length > 0 && ++count % ROLLED_BACK_ONE_IN === 0;
          if (isUndone) throw new RolledBack("The transaction is rolled back");
          return result;
        }, options);
      } catch (error) {
        const left = error instanceof RolledBack ? events : [];
        for (const { text, parameters } of left) await pool.writer().query(text, parameters);
        throw error;
      }
    },
  });
}

function isPayment(text: string, parameters: Statement["parameters"] = []): boolean {
  return text.includes("insert into events") &&
    parameters.some((values) => Array.isArray(values) && values.includes("payment.settled"));
}
