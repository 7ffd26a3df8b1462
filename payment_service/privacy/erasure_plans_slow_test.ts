import { assert, assertEquals } from "@std/assert";
import type { Transaction } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { microsecondClock } from "@archway/db/timestamp.ts";
import {
  ExplainingQuerier,
  type PlanKind,
  type PlanNode,
} from "@archway/tools/support/explaining_querier.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { serviceMigrations } from "@archway/tools/support/service_databases.ts";
import { paymentModule } from "../module.ts";
import { requestStream } from "../events/payment_event.ts";
import { paymentPersonalData } from "./payment_personal_data.ts";

const PERSONS = 2_000;
const PAYMENTS = 20_000;
const REQUESTS = 20_000;

/** Maximum number of rows of a table that a statement reads: a person has 20 payments and 40 requests. */
const MAX_ROWS = 100;

/** Returns an id of a kind of resource. */
function id(kind: string, number: string): string {
  return `('${kind}0000000-0000-7000-8000-' || lpad(to_hex(${number}), 12, '0'))::uuid`;
}

const HALF = PERSONS / 2;
const [LEFT, RIGHT] = [`i % ${HALF}`, `${HALF} + (7 * i) % ${HALF}`];

/** Persons of the first half pay those of the second, and are asked by them; each 20th request asked another one first. */
const FILL: readonly string[] = [
  "set local session_replication_role = replica",
  `insert into accounts (id, kind, profile_id, currency, created_at, updated_at)
    select ${id("b", "i")}, 'customer', ${id("a", "i")}, 'BRL', now(), now() from generate_series(0, ${
    PERSONS - 1
  }) as i`,
  `insert into payments (id, payer_account_id, payee_account_id, currency, amount, refunded, description, created_at, updated_at)
    select ${id("c", "i")}, ${id("b", LEFT)}, ${id("b", RIGHT)}, 'BRL', 100, 100, 'text', now(), now()
    from generate_series(1, ${PAYMENTS}) as i`,
  `insert into refunds (payment_id, id, currency, amount, description, created_at)
    select ${id("c", "i")}, ${
    id("e", "i")
  }, 'BRL', 100, 'text', now() from generate_series(1, ${PAYMENTS}) as i`,
  `insert into payment_requests (id, payee_account_id, payer_account_id, reference, currency, amount, description, status,
      version, expires_at, created_at, updated_at)
    select ${id("d", "i")}, ${id("b", RIGHT)}, ${
    id("b", LEFT)
  }, 'r' || i, 'BRL', 100, 'text', 'created', 2, now(), now(), now()
    from generate_series(1, ${REQUESTS}) as i`,
  `insert into payment_request_references (owner, reference, request_id)
    select '', 'r' || i, ${id("d", "i")} from generate_series(1, ${REQUESTS}) as i`,
  `insert into events (stream, version, type, data, metadata, recorded_at)
    select 'payment-' || ${id("c", "i")}, 1, 'payment.settled', jsonb_build_object('payerProfileId', ${
    id("a", LEFT)
  }),
      '{}', now() from generate_series(1, ${PAYMENTS}) as i`,
  `insert into events (stream, version, type, data, metadata, recorded_at)
    select 'payment_request-' || ${id("d", "i")}, version,
      case version when 1 then 'payment_request.created' else 'payment_request.revised' end,
      jsonb_build_object('payerProfileId', case when version = 2 or i % 20 > 0 then ${id("a", LEFT)} else ${
    id("a", `(i + 1) % ${HALF}`)
  } end), '{}', now()
    from generate_series(1, ${REQUESTS}) as i, generate_series(1, 2) as version`,
];

/** An erasure that was explained. */
interface Erasure {
  /** Nodes that read tables. */
  readonly nodes: readonly PlanNode[];
  readonly indexes: ReadonlySet<string | undefined>;
  /** Documents whose keys it destroys. */
  readonly documents: readonly string[];
}

/** Number of payments of one further person, of many pages. */
const PAID = 5_000;

/** Maximum number of rows of a table that a statement of an export reads: a page. */
const PAGE_ROWS = 500;

const PAYER = id("b", `${PERSONS}`);

const FILL_PAYER: readonly string[] = [
  `insert into accounts (id, kind, profile_id, currency, created_at, updated_at)
    values (${PAYER}, 'customer', ${id("a", `${PERSONS}`)}, 'BRL', now(), now())`,
  `insert into payments (id, payer_account_id, payee_account_id, currency, amount, created_at, updated_at)
    select ${id("f", "i")}, ${PAYER}, ${id("b", `i % ${HALF}`)}, 'BRL', 100, now(), now()
    from generate_series(1, ${PAID}) as i`,
  `insert into entries (transfer_id, account_id, currency, kind, amount, balance, payment_id, created_at)
    select ${id("f", "i")}, ${PAYER}, 'BRL', 'payment', -100, 0, ${id("f", "i")}, now()
    from generate_series(1, ${PAID}) as i`,
  `insert into events (stream, version, type, data, metadata, recorded_at)
    select 'payment-' || ${id("f", "i")}, 1, 'payment.settled', '{}', '{}', now()
    from generate_series(1, ${PAID}) as i`,
];

/** Exports a person. Returns the numbers of rows by table, and the nodes that read tables. */
async function planExport(
  tx: Transaction,
  kind: PlanKind,
  person: string,
): Promise<{ readonly nodes: readonly PlanNode[]; readonly counts: Readonly<Record<string, number>> }> {
  const explaining = new ExplainingQuerier(tx, kind);
  const counts: Record<string, number> = {};
  const subject = { id: person, references: [], cipher: undefined, now: microsecondClock()() };
  for await (const { table } of paymentPersonalData.export(explaining, subject)) {
    counts[table] = (counts[table] ?? 0) + 1;
  }
  const nodes = explaining.plans.flat().filter((node) => node["Relation Name"] !== undefined);
  return { nodes, counts };
}

/** Returns the number of rows that a node reads. */
function rowsRead(node: PlanNode): number {
  const removed = (node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Index Recheck"] ?? 0);
  return (node["Actual Rows"] + removed) * node["Actual Loops"];
}

/** Runs everything that an erasure reads and writes of payments. */
async function planErasure(tx: Transaction, kind: PlanKind, person: string): Promise<Erasure> {
  const explaining = new ExplainingQuerier(tx, kind);
  const explained: Transaction = {
    query: (text, parameters) => explaining.query(text, parameters),
    savepoint: () => Promise.reject(new Error("An erasure has no savepoints")),
  };
  const references = await paymentPersonalData.references?.(explained, person) ?? [];
  const subject = { id: person, references, cipher: undefined, now: microsecondClock()() };
  await paymentPersonalData.erase(explained, subject);
  await paymentPersonalData.stranded?.(explained, subject);
  const documents = await paymentPersonalData.keysOf?.(explained, subject) ?? [];
  const nodes = explaining.plans.flat();
  return {
    nodes: nodes.filter((node) =>
      node["Relation Name"] !== undefined && !node["Node Type"].startsWith("Modify")
    ),
    indexes: new Set(nodes.map((node) => node["Index Name"])),
    documents,
  };
}

Deno.test("paymentPersonalData reads the rows of the person once, and no whole table", async (t) => {
  await using database = await useTestDatabase({ migrations: serviceMigrations(paymentModule) });
  await using pool = openPool({ primary: database.instance, replicas: [] });
  await pool.withTx(async (tx) => {
    for (const statement of [...FILL, ...FILL_PAYER]) await tx.query(statement);
  });
  await pool.writer().query("analyze");
  for (const [index, kind] of (["custom", "generic"] as const).entries()) {
    const erase = async (number: number): Promise<Erasure> => {
      const person = `a0000000-0000-7000-8000-${number.toString(16).padStart(12, "0")}`;
      const erasure = await pool.withTx((tx) => planErasure(tx, kind, person));
      for (const node of erasure.nodes) {
        assert(rowsRead(node) <= MAX_ROWS, Deno.inspect(node));
      }
      return erasure;
    };
    await t.step(`a payer, with ${kind} plans`, async () => {
      // Asked first by the requests of the multiples of 20 before.
      const number = 21 + 20 * index;
      const { indexes, documents } = await erase(number);
      assert(indexes.has("events_by_asked_payer"));
      const former = (number - 1).toString(16).padStart(12, "0");
      assert(documents.includes(requestStream(`d0000000-0000-7000-8000-${former}`)));
      assertEquals(documents.length, 2 * REQUESTS / HALF);
    });
    await t.step(`a payee, with ${kind} plans`, async () => {
      const { indexes, documents } = await erase(HALF + 21 + index);
      assert(indexes.has("payment_request_references_by_request"));
      assertEquals(documents.length, REQUESTS / HALF);
    });
    await t.step(`an export, with ${kind} plans`, async () => {
      const person = `a0000000-0000-7000-8000-${PERSONS.toString(16).padStart(12, "0")}`;
      const { nodes, counts } = await pool.withTx((tx) => planExport(tx, kind, person));
      assertEquals(counts, { accounts: 1, entries: PAID, payments: PAID, events: PAID });
      for (const node of nodes) assert(rowsRead(node) <= PAGE_ROWS, Deno.inspect(node));
    });
  }
});
