import type { QueryParameter } from "@archway/db/db.ts";
import type { Account, Entry } from "../domain/account.ts";
import type { Payment, Refund } from "../domain/payment.ts";
import type { PaymentRequest } from "../domain/payment_request.ts";
import type { Projection } from "./projection.ts";

/** A column with its type and the function that returns its value. */
type Column<Row> = readonly [name: string, type: string, value: (row: Row) => null | bigint | string];

const ACCOUNT: readonly Column<Account>[] = [
  ["id", "uuid", ({ id }) => id],
  ["kind", "text", ({ kind }) => kind],
  ["profile_id", "uuid", ({ profileId }) => profileId],
  ["currency", "text", ({ currency }) => currency],
  ["balance", "int8", ({ balance }) => balance],
  ["version", "int8", ({ version }) => version],
  ["created_at", "timestamptz", ({ createdAt }) => createdAt],
  ["updated_at", "timestamptz", ({ updatedAt }) => updatedAt],
  ["closed_at", "timestamptz", ({ closedAt }) => closedAt],
];

const PAYMENT: readonly Column<Payment>[] = [
  ["id", "uuid", ({ id }) => id],
  ["payer_account_id", "uuid", ({ payerAccountId }) => payerAccountId],
  ["payee_account_id", "uuid", ({ payeeAccountId }) => payeeAccountId],
  ["currency", "text", ({ amount }) => amount.currency],
  ["amount", "int8", ({ amount }) => amount.units],
  ["refunded", "int8", ({ refunded }) => refunded],
  ["description", "text", ({ description }) => description],
  ["version", "int8", ({ version }) => version],
  ["created_at", "timestamptz", ({ createdAt }) => createdAt],
  ["updated_at", "timestamptz", ({ updatedAt }) => updatedAt],
];

const REQUEST: readonly Column<PaymentRequest>[] = [
  ["id", "uuid", ({ id }) => id],
  ["payee_account_id", "uuid", ({ payeeAccountId }) => payeeAccountId],
  ["payer_account_id", "uuid", ({ payerAccountId }) => payerAccountId],
  ["reference", "text", ({ reference }) => reference],
  ["currency", "text", ({ amount }) => amount.currency],
  ["amount", "int8", ({ amount }) => amount.units],
  ["description", "text", ({ description }) => description],
  ["status", "text", ({ status }) => status],
  ["payment_id", "uuid", ({ paymentId }) => paymentId],
  ["version", "int8", ({ version }) => version],
  ["expires_at", "timestamptz", ({ expiresAt }) => expiresAt],
  ["created_at", "timestamptz", ({ createdAt }) => createdAt],
  ["updated_at", "timestamptz", ({ updatedAt }) => updatedAt],
];

const REFUND: readonly Column<Refund>[] = [
  ["payment_id", "uuid", ({ paymentId }) => paymentId],
  ["id", "uuid", ({ id }) => id],
  ["currency", "text", ({ amount }) => amount.currency],
  ["amount", "int8", ({ amount }) => amount.units],
  ["description", "text", ({ description }) => description],
  ["created_at", "timestamptz", ({ createdAt }) => createdAt],
];

const ENTRY: readonly Column<Entry>[] = [
  ["transfer_id", "uuid", ({ transferId }) => transferId],
  ["account_id", "uuid", ({ accountId }) => accountId],
  ["currency", "text", ({ currency }) => currency],
  ["kind", "text", ({ kind }) => kind],
  ["amount", "int8", ({ amount }) => amount],
  ["balance", "int8", ({ balance }) => balance],
  ["payment_id", "uuid", ({ paymentId }) => paymentId],
  ["refund_id", "uuid", ({ refundId }) => refundId],
  ["created_at", "timestamptz", ({ createdAt }) => createdAt],
];

/** Projected tables, ordered so that foreign keys refer to earlier tables only. */
export const PROJECTED_TABLES = ["accounts", "payments", "payment_requests", "refunds", "entries"] as const;

/** Columns that an update changes. */
const UPDATED: Readonly<Record<"accounts" | "payments" | "payment_requests", readonly string[]>> = {
  accounts: ["balance", "version", "updated_at", "closed_at"],
  payments: ["refunded", "version", "updated_at"],
  payment_requests: [
    ...["payer_account_id", "currency", "amount", "description", "status", "payment_id", "version"],
    ...["expires_at", "updated_at"],
  ],
};

/** An SQL statement with its parameters. */
export interface Statement {
  readonly text: string;
  readonly parameters: readonly QueryParameter[];
}

/**
 * Returns one statement that writes all changes of a projection.
 *
 * @param prefix Prefix of the table names; "" for the live tables.
 */
export function projectionStatement(projection: Projection, prefix: string): Statement {
  const { accounts, payments, requests, refunds, entries } = projection;
  const writer = new StatementWriter(prefix);
  const fresh = <Row>(
    rows: readonly { readonly row: Row; readonly isNew: boolean }[],
    isNew: boolean,
  ): Row[] => rows.filter((changed) => changed.isNew === isNew).map(({ row }) => row);
  writer.insert("accounts", ACCOUNT, fresh(accounts, true));
  writer.update("accounts", ACCOUNT, fresh(accounts, false));
  writer.insert("payments", PAYMENT, fresh(payments, true));
  writer.update("payments", PAYMENT, fresh(payments, false));
  writer.insert("payment_requests", REQUEST, fresh(requests, true));
  writer.update("payment_requests", REQUEST, fresh(requests, false));
  writer.insert("refunds", REFUND, refunds);
  writer.insert("entries", ENTRY, entries);
  return writer.statement;
}

/** Combines changes of several tables in one statement, in which all parts see the same snapshot. */
class StatementWriter {
  readonly #parts: string[] = [];
  readonly #parameters: QueryParameter[] = [];

  constructor(private readonly prefix: string) {}

  get statement(): Statement {
    const parts = this.#parts.map((part, index) => `part_${index} as (${part})`);
    return { text: `with ${parts.join(", ")} select`, parameters: this.#parameters };
  }

  insert<Row>(table: string, columns: readonly Column<Row>[], rows: readonly Row[]): void {
    if (rows.length === 0) return;
    const names = columns.map(([name]) => name).join(", ");
    this.#parts.push(
      `insert into ${this.prefix}${table} (${names}) select * from ${this.#unnest(columns, rows)}`,
    );
  }

  update<Row>(table: keyof typeof UPDATED, columns: readonly Column<Row>[], rows: readonly Row[]): void {
    if (rows.length === 0) return;
    const names = UPDATED[table];
    const changes = names.map((name) => `${name} = changed.${name}`).join(", ");
    const bound = columns.filter(([name]) => name === "id" || names.includes(name));
    this.#parts.push(
      `update ${this.prefix}${table} as old set ${changes} from ${this.#unnest(bound, rows)} as changed ` +
        `(${bound.map(([name]) => name).join(", ")}) where old.id = changed.id`,
    );
  }

  #unnest<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
    const arrays = columns.map(([, type, value]) => `$${this.#parameters.push(rows.map(value))}::${type}[]`);
    return `unnest(${arrays.join(", ")})`;
  }
}
