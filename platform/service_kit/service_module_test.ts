import { assertEquals, assertStrictEquals } from "@std/assert";
import { EnvironmentReader } from "@archway/config/environment_reader.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { mountServices } from "@archway/program/mount_services.ts";
import { SILENT_LOGGER } from "@archway/server/logger.ts";
import type { EventCatalog } from "./event_catalog.ts";
import { choiceSetting, integerSetting, textSetting } from "./setting_types.ts";
import { UNTRACED } from "./observed_work.ts";
import {
  type ConfiguredService,
  defineService,
  type MountedService,
  type ServiceDependencies,
  type ServiceModule,
} from "./service_module.ts";

const CATALOG: EventCatalog = {
  types: { "order.placed": [] },
  toJson: () => ({}),
  recipients: () => Promise.resolve([]),
};

const PREFIX = textSetting("ORDER_PREFIX", { default: "none", description: "Prefix of numbers." });
const LIMIT = integerSetting("ORDER_LIMIT", {
  default: 5,
  min: 1,
  max: 9,
  description: "Items of an order.",
});
const MODE = choiceSetting("ORDER_MODE", ["fast", "slow"], { default: "fast", description: "Mode." });

const UNREACHABLE = {
  ...{ host: "127.0.0.1", port: 1, user: "unused", password: "", database: "none" },
  maxConnections: 1,
};

/** Mounts services on a pool that is not connected. */
async function mount(
  services: readonly ServiceModule[],
  configured: readonly ConfiguredService[],
): Promise<readonly MountedService[]> {
  await using pool = openPool({ primary: UNREACHABLE, replicas: [] });
  const config = { services: configured, cursorTtlSeconds: 60, idempotencyTtlMs: 1, drainTimeoutMs: 7 };
  return mountServices(config, {
    services,
    database: { pool, hmacSecrets: ["a secret of more than 32 bytes for a test"] },
    logger: SILENT_LOGGER,
    telemetry: { metrics: undefined, tracer: UNTRACED },
  }).services;
}

Deno.test("defineService() hands its settings to mount(), and keeps the description", async () => {
  const mounted: (readonly [string, ServiceDependencies])[] = [];
  const module = defineService({
    name: "orders",
    requires: ["events"],
    events: CATALOG,
    scopes: ["orders:read"],
    settings: { title: "Orders", settings: [PREFIX] },
    configure: (reader) => reader.read(PREFIX),
    mount(parts, prefix): MountedService {
      mounted.push([prefix, parts]);
      return {};
    },
  });
  assertEquals([module.name, module.requires, module.scopes], ["orders", ["events"], ["orders:read"]]);
  assertStrictEquals(module.events, CATALOG);
  const configured = module.configure(
    new EnvironmentReader((name) => name === "ORDER_PREFIX" ? "o-" : undefined),
  );
  assertEquals([configured.name, mounted.length], ["orders", 0]);
  await mount([module], [configured]);
  const [[prefix, parts] = []] = mounted;
  assertEquals([prefix, parts?.catalogs, parts?.drainTimeoutMs], ["o-", [CATALOG], 7]);
});

Deno.test("defineService() reports invalid settings to the reader instead of throwing", () => {
  const module = defineService({
    name: "orders",
    settings: { title: "Orders", settings: [LIMIT, MODE] },
    configure: (reader) => [reader.read(LIMIT), reader.read(MODE)],
    mount: (): MountedService => ({}),
  });
  const wrong: Readonly<Record<string, string>> = { ORDER_LIMIT: "10", ORDER_MODE: "medium" };
  const reader = new EnvironmentReader((name) => wrong[name]);
  module.configure(reader);
  assertEquals(reader.errors.map(({ variable }) => variable), ["ORDER_LIMIT", "ORDER_MODE"]);
});

Deno.test("defineService() mounts a service without settings, with the catalogs of all services", async () => {
  const seen: (readonly EventCatalog[])[] = [];
  const reader = defineService({
    name: "events",
    mount({ catalogs }): MountedService {
      seen.push(catalogs);
      return {};
    },
  });
  const publisher = defineService({ name: "orders", events: CATALOG, mount: (): MountedService => ({}) });
  const services = [reader, publisher];
  const mounted = await mount(
    services,
    services.map((module) => module.configure(new EnvironmentReader(() => undefined))),
  );
  assertEquals([mounted, seen], [[{}, {}], [[CATALOG]]]);
});
