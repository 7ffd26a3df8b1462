import type { ServiceModule } from "@archway/service_kit/service_module.ts";
import type { FillingClient } from "./filling_client.ts";

/**
 * Values that a generator could not guess, by parameter. Parameters are, e.g., "query.after", "path.id" or
 * "body.amount.currency". They are used frequently, in addition to generated ones.
 */
export type Hints = Readonly<Record<string, readonly string[]>>;

/** Preparation for generated requests. A service exports it as `schemathesis` of `testing/schemathesis.ts`. */
export interface FuzzSetup {
  /** Additional environment variables of the program. @default {{}} */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Creates items that requests can read and change, after earlier services of the program.
   *
   * @param services Services of the program.
   */
  fill(client: FillingClient, services: readonly ServiceModule[]): Promise<Hints>;
}
