import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { secretSetting, textSetting } from "@archway/service_kit/setting_types.ts";
import { defineService } from "@archway/service_kit/service_module.ts";
import { project } from "../../config.ts";
import { services } from "../../services.ts";
import { type SettingsFile, settingsFiles } from "./settings_files.ts";
import { staleSettings } from "./stale_settings.ts";

const ROOT = join(import.meta.dirname ?? ".", "../..");

const PREFIX = textSetting("FIXTURE_PREFIX", { default: "a|b", description: "Prefix of <order> numbers." });
const KEY = secretSetting("FIXTURE_KEY", { description: "Signs orders." });
const orders = defineService({
  name: "orders",
  settings: { title: "Orders", note: "What holds for orders.", settings: [PREFIX, KEY] },
  configure: (reader) => reader.read(PREFIX),
  mount: () => ({}),
});

async function filesWith(...more: readonly (typeof orders)[]): Promise<ReadonlyMap<string, SettingsFile>> {
  const files = await settingsFiles(ROOT, { ...project, services: [...services, ...more] });
  return new Map(files.map((file) => [file.path, file]));
}

Deno.test("staleSettings() finds nothing in the tree as it stands", async () => {
  assertEquals([...(await filesWith()).values()].flatMap(staleSettings), []);
});

Deno.test("settingsFiles() writes a service's settings into the example, the tables and the permissions", async () => {
  const files = await filesWith(orders);
  const [example, tables, manifest] = [...files.values()].map(({ wanted }) => wanted);
  assertStringIncludes(
    example ?? "",
    "What holds for orders.\n\n# Prefix of <order> numbers. (text; default: a|b)\n#FIXTURE_PREFIX=a|b\n\n" +
      "# Signs orders. (secret; default: not set)\n#FIXTURE_KEY=\n#FIXTURE_KEY_FILE=\n",
  );
  assertStringIncludes(
    tables ?? "",
    "| `FIXTURE_PREFIX` | text   | `a\\|b`  | Prefix of \\<order> numbers. ",
  );
  assertStringIncludes(tables ?? "", "Signs orders. Or in the file that `FIXTURE_KEY_FILE` names.");
  assertStringIncludes(manifest ?? "", '"FIXTURE_*"');
  assertEquals(JSON.parse(manifest ?? "").permissions.default.env.ignore, true);
});

Deno.test("staleSettings() reports a section that is missing, one that differs, and a missing permission", async () => {
  const found = [...(await filesWith(orders)).values()].flatMap(staleSettings);
  const remedy = "differs from the table of settings; run `deno task settings`";
  assertEquals(found, [
    `.env.example: Orders ${remedy}`,
    `docs/configuration.md: Orders ${remedy}`,
    `deno.json: the permission to read FIXTURE_* ${remedy}`,
  ]);
  const example = (await filesWith()).get(".env.example");
  const text = example?.text.replace("#READ_TIMEOUT=15s", "#READ_TIMEOUT=16s") ?? "";
  assertEquals(staleSettings({ path: ".env.example", text, wanted: example?.wanted ?? "" }), [
    `.env.example: HTTP ${remedy}`,
  ]);
});

Deno.test("staleSettings() accepts what a removed module left behind", async () => {
  const { text = "", wanted = "" } = (await filesWith()).get("docs/configuration.md") ?? {};
  const more = text.replace("## Diagnostics", "## Orders\n\nOld.\n\n## Diagnostics");
  assertEquals(staleSettings({ path: "docs/configuration.md", text: more, wanted }), []);
});
