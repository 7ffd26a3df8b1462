import type { Suite } from "@archway/tools/support/conformance/suite.ts";
import { AMOUNTS } from "./conformance/amounts.ts";
import { IDEMPOTENCY_KEYS } from "./conformance/idempotency_keys.ts";
import { PAYMENTS } from "./conformance/payments.ts";
import { STATEMENTS } from "./conformance/statements.ts";

/** HTTP conformance tests of accounts, payments and refunds. They leave accounts of deleted profiles behind. */
export function conformance(): Suite {
  return {
    list: "/v1/payments",
    document: "payment",
    themes: [AMOUNTS, IDEMPOTENCY_KEYS, PAYMENTS, STATEMENTS],
  };
}
