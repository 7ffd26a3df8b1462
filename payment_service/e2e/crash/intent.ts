/** What a client wants to happen, once, however often it has to ask for it. */
export interface Intent {
  /** Unique; payments and refunds have it in their description. */
  readonly number: number;
  readonly kind: IntentKind;
  readonly method: "POST" | "PUT";
  readonly path: string;
  /** The `Idempotency-Key`; absent: the path has an id that the client chose. */
  readonly key?: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Which of the operations it is that move money. */
export type IntentKind = "deposit" | "keyed payment" | "named payment" | "refund";

/** An response that was read to its end. */
export interface IntentResponse {
  readonly status: number;
  readonly replayed: boolean;
  readonly text: string;
}

/** The description that tells of an intent. */
export function describeIntent(number: number): string {
  return `Intent ${number}`;
}

/** Whether money was moved, by this request or by one before it. */
export function isDone({ status }: Pick<IntentResponse, "status">): boolean {
  return status === 200 || status === 201;
}

/** What a successful response tells of, as far as that can never change. */
export function immutableData({ text }: Pick<IntentResponse, "text">): unknown {
  const { data }: { readonly data: Readonly<Record<string, unknown>> } = JSON.parse(text);
  const { id, payerAccountId, payeeAccountId, accountId, paymentId, amount, description, createdAt } = data;
  return { id, payerAccountId, payeeAccountId, accountId, paymentId, amount, description, createdAt };
}

/** The id of what a successful response tells of. */
export function idIn({ text }: Pick<IntentResponse, "text">): string {
  const { data }: { readonly data: { readonly id: string } } = JSON.parse(text);
  return data.id;
}
