import { assert, assertEquals } from "@std/assert";
import { readConfig } from "./config.ts";
import { EnvironmentReader } from "./environment_reader.ts";
import { allSettings, settingsTable } from "./settings_table.ts";

/** Environment with which every setting is read. */
const SERVER: Readonly<Record<string, string>> = {
  POSTGRES_PRIMARY_HOST: "db",
  POSTGRES_REPLICA_0_HOST: "r0",
  AUTH_MODE: "jwt",
};

Deno.test("settingsTable() lists exactly the settings that the configuration and the commands read", () => {
  const embedded = new EnvironmentReader(() => undefined);
  const server = new EnvironmentReader((name) => SERVER[name]);
  const byUrl = new EnvironmentReader((name) =>
    name === "DATABASE_URL" ? "postgres://app@db/app" : undefined
  );
  for (const reader of [embedded, server, byUrl]) readConfig(reader);
  const read = new Set([embedded, server, byUrl].flatMap(({ values }) => [...values.keys()])).add(
    "COPY_TO_URL",
  );
  assertEquals([...read].toSorted(), allSettings([]).map(({ name }) => name).toSorted());
});

Deno.test("settingsTable() describes each setting once, with a valid default and example", () => {
  const settings = allSettings([]);
  assertEquals(new Set(settings.map(({ name }) => name)).size, settings.length);
  for (const { name, description, defaultText, example, parse } of settings) {
    assert(/^[A-Z`].*\.$/s.test(description), `${name}: ${description}`);
    for (const text of [defaultText, example]) if (text !== undefined) parse(text);
  }
});

Deno.test("settingsTable() places sections of services before those of diagnostics", () => {
  const titles = settingsTable([]).map(({ title }) => title);
  const setting = { title: "Orders", settings: [] };
  const module = {
    name: "orders",
    settings: setting,
    configure: () => ({ name: "orders", mount: () => ({}) }),
  };
  assertEquals(settingsTable([module]).map(({ title }) => title), [
    ...titles.slice(0, -2),
    "Orders",
    ...titles.slice(-2),
  ]);
});
