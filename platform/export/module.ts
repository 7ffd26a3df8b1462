import { defineService, type MountedService } from "@archway/service_kit/service_module.ts";
import { exportCommand } from "./command/export_command.ts";
import { EXPORT_SETTINGS, readExportConfig } from "./export_config.ts";

/** Service module of exports: the command that writes the data sets of all services for analytics. */
export const exportModule = defineService({
  name: "export",
  settings: EXPORT_SETTINGS,
  commands: [exportCommand],
  configure: readExportConfig,
  mount: (): MountedService => ({}),
});
