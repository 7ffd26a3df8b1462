import type { ServiceModule } from "@archway/service_kit/service_module.ts";
import { serviceFile } from "../service_folder.ts";
import type { Theme } from "./row.ts";

/** Negative tests of the HTTP API of a service. */
export interface Suite {
  /** Path of a list, such as "/v1/contacts". It is read after every row: the service has to go on. */
  readonly list: string;
  /** Name of the OpenAPI document that has the list. */
  readonly document: string;
  /**
   * Body that creates an item of the list, as often as it is sent. The response has its properties as they were sent.
   * Undefined: rows about HTTP in general do not apply, for they read, replace, patch and delete such items.
   */
  readonly sample?: Readonly<Record<string, string | number | boolean>>;
  /** Whether items have the properties, and the list has the parameters, of contacts. @default {false} */
  readonly isLikeContacts?: boolean;
  /** Rows of the service itself. */
  readonly themes: readonly Theme[];
}

/** The suite of a service in a program of some services: the export `conformance` of its `testing/conformance.ts`. */
export type SuiteFactory = (services: readonly ServiceModule[]) => Suite;

/** Returns the suites of services, of those that have one. */
export async function findSuites(services: readonly ServiceModule[]): Promise<readonly Suite[]> {
  const files = await Promise.all(services.map((service) => serviceFile(service, "testing/conformance.ts")));
  return await Promise.all(
    files.filter((file) => file !== undefined).map(async (file) => {
      const { conformance }: { readonly conformance: SuiteFactory } = await import(`file://${file}`);
      return conformance(services);
    }),
  );
}
