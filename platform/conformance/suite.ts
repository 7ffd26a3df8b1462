import type { ServiceModule } from "@archway/service_kit/service_module.ts";
import type { Workload } from "./history/workload.ts";
import type { Given, Theme } from "./row.ts";

/** Additions of a service to the HTTP conformance tests that are derived from its OpenAPI document. */
export interface Suite {
  /** Name of the document, as in `/openapi/<name>.json`. */
  readonly document: string;
  /** Whether every request that the document allows succeeds: the domain has no rules beyond it. @default {false} */
  readonly isExact?: boolean;
  /** Prepares what requests need that cannot be derived. Its placeholders may stand in `ids`, `bodies` and rows. */
  readonly given?: Given;
  /** Placeholders for the last parameter of path templates, such as `{ "/v1/payments/{id}": "payment" }`. */
  readonly ids?: Readonly<Record<string, string>>;
  /** Path templates of items that tests cannot create: their requests are about ids that do not exist. @default {[]} */
  readonly unknown?: readonly string[];
  /** Request bodies in JSON by operationId, where none can be derived that succeeds. */
  readonly bodies?: Readonly<Record<string, string>>;
  /** Rows about rules that no document can express. @default {[]} */
  readonly themes?: readonly Theme[];
  /** Concurrent operations whose histories are checked, beside those of collections. @default {[]} */
  readonly workloads?: readonly Workload[];
  /** Settings that its workloads need, of a program that is started for them. @default {{}} */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Suite of a service in a program of some services: the export `conformance` of its `testing/conformance.ts`. */
export type SuiteFactory = (services: readonly ServiceModule[]) => Suite;
