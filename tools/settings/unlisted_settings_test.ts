import { assertEquals } from "@std/assert";
import { textSetting } from "@archway/service_kit/setting_types.ts";
import { unlistedSettings } from "./unlisted_settings.ts";

const LISTED = textSetting("ORDER_PREFIX", { description: "Prefix." });

Deno.test("unlistedSettings() finds a setting that no section has, wherever the program defines it", () => {
  const texts = new Map([
    [
      "widget_service/config.ts",
      'const P = textSetting("ORDER_PREFIX", {});\nconst K = secretSetting("ORDER_KEY", {});',
    ],
    ["platform/x.ts", 'customSetting<Map<string, number>>(\n  "RATES",\n  {},\n);'],
    ["platform/used/module.ts", 'textSetting("USED_PREFIX", {});'],
    // A capability that services.ts does not list.
    ["platform/unused/module.ts", "export const unusedModule = 1;"],
    ["platform/unused/config.ts", 'textSetting("UNUSED_PREFIX", {});'],
    ["platform/x_test.ts", 'textSetting("FOR_A_TEST", {});'],
    ["tools/y.ts", 'textSetting("FOR_A_TOOL", {});'],
  ]);
  const advice =
    "is not in the table of settings; add it to a section of platform/config/settings_table.ts, or to " +
    "`settings` of its module";
  assertEquals(unlistedSettings(texts, { settings: [LISTED], services: ["used"] }), [
    `widget_service/config.ts: ORDER_KEY ${advice}`,
    `platform/x.ts: RATES ${advice}`,
    `platform/used/module.ts: USED_PREFIX ${advice}`,
  ]);
});
