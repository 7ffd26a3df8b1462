import type { ServiceModule } from "@archway/service_kit/service_module.ts";
import { contactModule } from "@archway/tools/support/contact_service/module.ts";
import { cockpitModule } from "../module.ts";

/** Services of the program that the tests show in the cockpit. */
export const services: readonly ServiceModule[] = [
  contactModule,
  // So that the program has the command `worker`.
  { ...cockpitModule, hasBackground: true },
];
