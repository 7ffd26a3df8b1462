import type { ConfiguredService, ServiceModule } from "@archway/service_kit/service_module.ts";
import type { SettingsReader } from "@archway/service_kit/setting.ts";
import { booleanSetting } from "@archway/service_kit/setting_types.ts";

const COCKPIT = booleanSetting("COCKPIT", {
  defaultRule: "true with `dev`, else false",
  description:
    "Whether to record requests and show them at /_dev to browsers on this machine (docs/cockpit.md). With `serve`, it " +
    "needs ADMIN_PORT, which then serves it, and WORKERS=1; `worker` and `lambda` have none.",
});

/** Service module of the cockpit: a page for developers about the requests of the program (cockpit.ts). */
export const cockpitModule: ServiceModule = {
  name: "cockpit",
  settings: { title: "Cockpit", settings: [COCKPIT] },
  configure(reader: SettingsReader): ConfiguredService {
    return {
      name: "cockpit",
      mount: () => ({}),
      tool: {
        setting: COCKPIT.name,
        enabled: reader.read(COCKPIT),
        open: async (options) => (await import("./cockpit.ts")).openCockpit(options),
      },
    };
  },
};
