import { defineService, type MountedService } from "@archway/service_kit/service_module.ts";
import { testCatalog } from "./test_catalog.ts";

/** Service that only publishes the events of the test catalog. */
export const shopModule = defineService({
  name: "shop",
  requires: ["events"],
  events: testCatalog(),
  mount: (): MountedService => ({}),
});
