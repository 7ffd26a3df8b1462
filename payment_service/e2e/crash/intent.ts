/** Operation that a client wants to execute exactly once, with as many requests as it takes. */
export interface Intent {
  /** Unique number; part of the description of payments and refunds. */
  readonly number: number;
  readonly kind: IntentKind;
  readonly method: "POST" | "PUT";
  readonly path: string;
  /** The `Idempotency-Key`; if absent, the path has an id that the client chose. */
  readonly key?: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Kind of an operation that transfers money. */
export type IntentKind = "deposit" | "keyed payment" | "named payment" | "refund";

/** A response with its body. */
export interface IntentResponse {
  readonly status: number;
  readonly replayed: boolean;
  readonly text: string;
}

/** Returns the description by which the payment or refund of an intent is recognized. */
export function describeIntent(number: number): string {
  return `Intent ${number}`;
}

/** Returns whether this request or an earlier one executed the operation. */
export function isDone({ status }: Pick<IntentResponse, "status">): boolean {
  return status === 200 || status === 201;
}

/** Returns the members of a successful response that can never change. */
export function immutableData({ text }: Pick<IntentResponse, "text">): unknown {
  const { data }: { readonly data: Readonly<Record<string, unknown>> } = JSON.parse(text);
  const { id, payerAccountId, payeeAccountId, accountId, paymentId, amount, description, createdAt } = data;
  return { id, payerAccountId, payeeAccountId, accountId, paymentId, amount, description, createdAt };
}

/** Returns the id of the resource in a successful response. */
export function idIn({ text }: Pick<IntentResponse, "text">): string {
  const { data }: { readonly data: { readonly id: string } } = JSON.parse(text);
  return data.id;
}
