import type { RowName } from "./bench_options.ts";
import type { HttpServerProcess } from "./http_server_process.ts";
import type { Scenario } from "./request_sources.ts";
import { type Medians, mediansOf, ratioOf, type Spread, takeTurns, type TurnOptions } from "./take_turns.ts";

/** A row of the table. */
export interface Comparison {
  readonly row: RowName;
  readonly service: Medians;
  readonly bare: Medians;
  /** Requests per second of the service by those of the bare handler in the same round. */
  readonly ratio: Spread;
}

/** The two that are compared. */
export interface Contestants {
  readonly service: HttpServerProcess;
  readonly bare: HttpServerProcess;
}

/** Puts one after the other under the same load, in turns. */
export async function compareRow(
  row: RowName,
  scenarioOf: (server: HttpServerProcess) => Promise<Scenario>,
  { contestants, ...turns }: TurnOptions & { readonly contestants: Contestants },
): Promise<Comparison> {
  const variants = await Promise.all(
    [contestants.service, contestants.bare].map(async (server) => ({
      target: server.target,
      scenario: await scenarioOf(server),
    })),
  );
  const [service = [], bare = []] = await takeTurns(variants, turns);
  return {
    row,
    service: mediansOf(service),
    bare: mediansOf(bare),
    ratio: ratioOf(service, bare, "requestsPerSecond"),
  };
}
