import { serviceFile } from "../support/service_folder.ts";
import type { ServiceModule } from "@archway/service_kit/service_module.ts";
import { againstScenario } from "./against_scenario.ts";
import { capacityScenario } from "./capacity_scenario.ts";
import { depthScenario } from "./depth_scenario.ts";
import { driversScenario } from "./drivers_scenario.ts";
import { executablesScenario } from "./executables_scenario.ts";
import { functionsScenario } from "./functions_scenario.ts";
import { growthScenario } from "./growth_scenario.ts";
import { limitsScenario } from "./limits_scenario.ts";
import { overloadScenario } from "./overload_scenario.ts";
import { pipeliningScenario } from "./pipelining_scenario.ts";
import { processesScenario } from "./processes_scenario.ts";
import { rowsScenario } from "./rows_scenario.ts";
import type { Scenario } from "./scenario.ts";
import { slowScenario } from "./slow_scenario.ts";
import { startsScenario } from "./starts_scenario.ts";
import { telemetryScenario } from "./telemetry_scenario.ts";

/** Scenarios of the platform. */
export const SCENARIOS: readonly Scenario[] = [
  rowsScenario,
  startsScenario,
  againstScenario,
  capacityScenario,
  depthScenario,
  driversScenario,
  executablesScenario,
  functionsScenario,
  growthScenario,
  limitsScenario,
  overloadScenario,
  pipeliningScenario,
  processesScenario,
  slowScenario,
  telemetryScenario,
];

/** Returns the scenarios of services: the export `scenarios` of the `bench/scenarios.ts` of each that has one. */
export async function serviceScenarios(services: readonly ServiceModule[]): Promise<readonly Scenario[]> {
  const found: Scenario[] = [];
  for (const service of services) {
    const file = await serviceFile(service, "bench/scenarios.ts");
    if (file === undefined) continue;
    const { scenarios }: { readonly scenarios: readonly Scenario[] } = await import(`file://${file}`);
    found.push(...scenarios);
  }
  return found;
}
