import { alternate } from "@archway/tools/bench/alternate.ts";
import type { BarePaymentsProcess } from "./bare_payments_process.ts";
import type { HttpServerProcess } from "@archway/tools/bench/http_server_process.ts";
import { paymentBodies } from "./payment_bodies.ts";
import type { PaymentPairs } from "./payment_pairs.ts";
import type { PaymentsComparison } from "./payments_report.ts";
import { mediansOf, ratioOf, takeTurns, type TurnOptions } from "@archway/tools/bench/take_turns.ts";

const PAYMENTS = "/v1/payments";

/** The two that are compared. */
export interface PaymentsContestants {
  readonly service: HttpServerProcess;
  readonly bare: BarePaymentsProcess;
}

/** Lets both make the same payments, in turns. */
export async function measurePayments(
  label: string,
  pairs: PaymentPairs,
  { contestants: { service, bare }, ...turns }: TurnOptions & { readonly contestants: PaymentsContestants },
): Promise<PaymentsComparison> {
  const { generator, connections } = turns;
  const scenario = { kind: "post", path: PAYMENTS, bodies: paymentBodies(pairs) } as const;
  const [measured = [], base = []] = await alternate([
    (milliseconds) =>
      generator.run({ target: service.target, scenario, options: { connections, milliseconds } }),
    (milliseconds) => bare.run({ pairs, connections, milliseconds }),
  ], turns);
  return {
    label,
    measured: mediansOf(measured),
    base: mediansOf(base),
    ratio: ratioOf(measured, base, "requestsPerSecond"),
  };
}

/** Asks for payments again by their keys, and for others by their ids, in turns. */
export async function measureReplay(
  label: string,
  pairs: PaymentPairs,
  { service, ...turns }: TurnOptions & { readonly service: HttpServerProcess },
): Promise<PaymentsComparison> {
  const response = await fetch(service.url(`${PAYMENTS}?limit=200`));
  const { data }: { readonly data: readonly { readonly id: string }[] } = await response.json();
  if (data.length === 0) throw new Error("Reading payments failed: there is none");
  const { target } = service;
  const paths = data.map(({ id }) => `${PAYMENTS}/${id}`);
  const [measured = [], base = []] = await takeTurns([
    { target, scenario: { kind: "replay", path: PAYMENTS, bodies: paymentBodies(pairs) } },
    { target, scenario: { kind: "read", paths } },
  ], turns);
  return {
    label,
    measured: mediansOf(measured),
    base: mediansOf(base),
    ratio: ratioOf(measured, base, "requestsPerSecond"),
  };
}
