import { assertEquals } from "@std/assert";
import { changeOfAction } from "./action_change.ts";

const DOMAIN = `export type OrderStatus = "open" | "on-hold" | "paid" | "Shipped" | "cancelled" | "retried";

export type OrderKind = "paid" | "free";

export interface Order {
  readonly id: string;
  readonly status: OrderStatus;
  readonly note: string | null;
}

export interface Gift {
  readonly status: OrderStatus;
  readonly kind: OrderKind | null;
}
`;

Deno.test("changeOfAction() finds the enum value that is the participle of a verb", () => {
  const value = (verb: string, type = "Order"): unknown => changeOfAction(DOMAIN, { type, verb })?.value;
  assertEquals(["cancel", "ship", "pay", "reopen", "retry", "close", "on-hold"].map((verb) => value(verb)), [
    "cancelled",
    "Shipped",
    "paid",
    "open",
    "retried",
    undefined,
    "on-hold",
  ]);
  // Two properties have the value.
  assertEquals(value("pay", "Gift"), undefined);
});
