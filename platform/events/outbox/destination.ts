import type { Transaction } from "@archway/db/db.ts";
import type { TakenEvent } from "./stream_queue.ts";

/** Where events go. What a destination makes of them is written in the transaction in which they leave the outbox. */
export interface Destination {
  /** For messages, e.g. "webhooks". */
  readonly name: string;
  /**
   * Takes events, in order, into its own keeping.
   *
   * @returns whether it has something to do now.
   */
  accept(tx: Transaction, events: readonly TakenEvent[]): Promise<boolean>;
  /** What was accepted is committed: it may begin. Must not throw. */
  begin(): void;
}
