import { assertEquals, assertFalse, assertMatch } from "@std/assert";
import type { ServiceCommand } from "@archway/service_kit/command.ts";
import { defineService, type MountedService } from "@archway/service_kit/service_module.ts";
import { usage } from "./usage.ts";

const FILL: ServiceCommand = {
  name: "fill-everything",
  summary: "Create contacts",
  usage: "--contacts <n>",
  run: () => Promise.resolve(0),
};

Deno.test("usage() lists the commands of the platform, then those of the services", () => {
  const services = [
    defineService({ name: "contacts", commands: [FILL], mount: (): MountedService => ({}) }),
    defineService({ name: "events", hasBackground: true, mount: (): MountedService => ({}) }),
  ];
  const text = usage({ name: "shop", services });
  assertMatch(text, /^Usage: shop \[command\]\n/);
  const commands = [...text.matchAll(/^ {2}(\S+) +\S/gm)].map(([, name]) => name);
  assertEquals(commands, ["serve", "dev", "worker", "migrate", "config", "token", "db", "fill-everything"]);
  assertMatch(text, /^ {2}serve {11}run the service \(the default\)$/m);
  assertMatch(text, /^ {2}fill-everything Create contacts: --contacts <n>$/m);
});

Deno.test("usage() has no worker in a program without background work", () => {
  assertFalse(usage({ name: "shop", services: [] }).includes("worker"));
});
