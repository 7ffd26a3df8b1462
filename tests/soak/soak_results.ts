import type { Sent } from "./open_loop.ts";
import type { Outage } from "./plan_outages.ts";
import type { Sample } from "./sampler.ts";
import type { Totals } from "./tally.ts";

/** All that was seen. */
export interface SoakResults {
  readonly minutes: number;
  /** Requests a second that the service could answer when it was asked for as many as possible. */
  readonly capacity: number;
  /** Requests a second that were sent. */
  readonly rate: number;
  /** Shared by the service, what it uses and who sends. */
  readonly cores: number;
  readonly sent: Sent;
  readonly totals: Totals;
  readonly outages: readonly Outage[];
  /** Whether there was a store for rates that could go away. */
  readonly hasStore: boolean;
  /** Whether the service had all it needs and likes to have when the load was over. */
  readonly healthy: boolean;
  readonly samples: readonly Sample[];
  /** Without load: before it, when the service was warm, and after it. */
  readonly atRest: { readonly before: Sample; readonly after: Sample };
}
