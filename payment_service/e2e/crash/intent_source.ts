import { v4 as uuid } from "uuid";
import { describeIntent, idIn, type Intent, type IntentKind } from "./intent.ts";

/** An account that intents use. */
export interface CrashTestAccount {
  readonly id: string;
  readonly currency: string;
}

/** Share of each kind, in percent. */
const SHARES: readonly (readonly [IntentKind, number])[] = [
  ["keyed payment", 45],
  ["named payment", 25],
  ["deposit", 10],
  ["refund", 20],
];

/** Decimal places of the currencies that intents use (ISO 4217). */
const EXPONENTS: Readonly<Record<string, number>> = { BRL: 2, JPY: 0, KWD: 3 };

interface KnownPayment {
  readonly id: string;
  readonly currency: string;
  /** Minor units. */
  readonly units: number;
}

/** Generator of random intents. The same seed and the same responses generate the same intents. */
export class IntentSource {
  /** All intents that were generated. */
  readonly intents: Intent[] = [];
  readonly #accounts: readonly CrashTestAccount[];
  readonly #random: () => number;
  readonly #payments: KnownPayment[] = [];

  constructor(accounts: readonly CrashTestAccount[], random: () => number) {
    this.#accounts = accounts;
    this.#random = random;
  }

  next(): Intent {
    let percentile = this.#random() * 100;
    for (const [kind, share] of SHARES) {
      if (percentile < share) return this.#record(this.#generate(kind));
      percentile -= share;
    }
    return this.#record(this.#pay("keyed payment"));
  }

  /** Generates a deposit of an amount in minor units. */
  deposit({ id, currency }: CrashTestAccount, units: number): Intent {
    return this.#record({
      number: this.intents.length,
      kind: "deposit",
      method: "POST",
      path: `/v1/accounts/${id}/deposits`,
      key: this.#newId(),
      body: { amount: money(units, currency) },
    });
  }

  /** Records that a payment was settled, so that it can be refunded. */
  settled({ kind, body }: Intent, response: { readonly text: string }): void {
    if (kind !== "keyed payment" && kind !== "named payment") return;
    const { amount, currency } = Object(body["amount"]);
    const units = Number(String(amount).replace(".", ""));
    this.#payments.push({ id: idIn(response), currency, units });
  }

  #record(intent: Intent): Intent {
    this.intents.push(intent);
    return intent;
  }

  #generate(kind: IntentKind): Intent {
    switch (kind) {
      case "deposit":
        return this.#deposit();
      case "refund":
        return this.#refund() ?? this.#pay("keyed payment");
      default:
        return this.#pay(kind);
    }
  }

  #deposit(): Intent {
    const intent = this.deposit(this.#choose(this.#accounts), 1 + this.#whole(500));
    this.intents.pop();
    return intent;
  }

  #pay(kind: "keyed payment" | "named payment"): Intent {
    const payer = this.#choose(this.#accounts);
    const others = this.#accounts.filter(({ id, currency }) =>
      id !== payer.id && currency === payer.currency
    );
    const number = this.intents.length;
    const body = {
      payerAccountId: payer.id,
      payeeAccountId: this.#choose(others).id,
      // Occasionally more than the balance.
      amount: money(1 + this.#whole(this.#random() < 0.1 ? 1_000_000 : 2_000), payer.currency),
      description: describeIntent(number),
    };
    const id = this.#newId();
    return kind === "keyed payment"
      ? { number, kind, method: "POST", path: "/v1/payments", key: id, body }
      : { number, kind, method: "PUT", path: `/v1/payments/${id}`, body };
  }

  #refund(): Intent | undefined {
    if (this.#payments.length === 0) return undefined;
    const { id, units, currency } = this.#choose(this.#payments);
    const number = this.intents.length;
    return {
      number,
      kind: "refund",
      method: "PUT",
      path: `/v1/payments/${id}/refunds/${this.#newId()}`,
      // Two refunds of one payment often exceed it.
      body: { amount: money(1 + this.#whole(units), currency), description: describeIntent(number) },
    };
  }

  #choose<T>(list: readonly T[]): T {
    const chosen = list[this.#whole(list.length)];
    if (chosen === undefined) throw new Error("Cannot choose from an empty list");
    return chosen;
  }

  #whole(below: number): number {
    return Math.floor(this.#random() * below);
  }

  #newId(): string {
    return uuid({ random: Uint8Array.from({ length: 16 }, () => this.#whole(256)) });
  }
}

function money(units: number, currency: string): { readonly amount: string; readonly currency: string } {
  const exponent = EXPONENTS[currency] ?? 0;
  return { amount: (units / 10 ** exponent).toFixed(exponent), currency };
}
