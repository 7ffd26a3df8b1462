import type { ServiceModule } from "@archway/service_kit/service_module.ts";
import type { FillingClient } from "./filling_client.ts";

/**
 * Values that no generator could guess, by parameter, such as "query.after", "path.id" or "body.amount.currency". They are
 * taken often, and else the schema is the source.
 */
export type Hints = Readonly<Record<string, readonly string[]>>;

/** Preparation of a program for generated requests: the export `schemathesis` of `testing/schemathesis.ts` of a service. */
export interface FuzzSetup {
  /** Environment variables that the program needs besides. @default {{}} */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Creates something that requests can read and change. Services before this one in the program have been filled.
   *
   * @param services Services of the program.
   */
  fill(client: FillingClient, services: readonly ServiceModule[]): Promise<Hints>;
}
