import type { Suite, SuiteFactory } from "@archway/conformance/suite.ts";
import type { ServiceModule } from "@archway/service_kit/service_module.ts";
import { serviceFile } from "../service_folder.ts";

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
