import { assertEquals, assertFalse, assertMatch } from "@std/assert";
import type { ServiceCommand } from "@archway/service_kit/command.ts";
import { defineService, type MountedService } from "@archway/service_kit/service_module.ts";
import { commandHelp, commandUsage, usage } from "./usage.ts";

const FILL: ServiceCommand = {
  name: "fill-everything",
  summary: "create contacts",
  usage: "--contacts <n>",
  run: () => Promise.resolve(0),
};

const SHOP = {
  name: "shop",
  services: [
    defineService({ name: "contacts", commands: [FILL], mount: (): MountedService => ({}) }),
    defineService({ name: "events", hasBackground: true, mount: (): MountedService => ({}) }),
  ],
};

Deno.test("usage() lists the commands of the platform, then those of the services", () => {
  const text = usage(SHOP);
  assertMatch(text, /^Usage: shop \[command\] \[options\]\n/);
  const commands = [...text.matchAll(/^ {2}(\w\S*) +\S/gm)].map(([, name]) => name);
  const platform = [
    "serve",
    "dev",
    "worker",
    "lambda",
    "migrate",
    "config",
    "openapi",
    "healthcheck",
    "conform",
    "token",
    "keys",
    "db",
    "version",
  ];
  assertEquals(commands, [...platform, "fill-everything"]);
  assertMatch(text, /^ {2}serve {12}Serve the API until stopped \(default\)$/m);
  assertMatch(text, /^ {2}fill-everything {2}Create contacts$/m);
});

Deno.test("usage() has no worker in a program without background work", () => {
  const project = { name: "shop", services: [] };
  assertFalse(usage(project).includes("worker"));
  assertEquals(commandHelp(project, "worker"), undefined);
});

Deno.test("commandHelp() describes the arguments of a command of the platform or of a service", () => {
  assertEquals(
    commandHelp(SHOP, "db"),
    `Usage: shop db copy --to <url>
       shop db dump > <file>
       shop db restore < <file>
       shop db status [--json]

Copy, dump or restore the database, or show the status of all servers.

  copy        Copy the embedded database to an empty one; run it again to continue an interrupted copy
  dump        Write the embedded database to the standard output, as SQL
  restore     Restore a dump from the standard input into the configured database, which must be empty
  status      Show role, replication lag, size and connections of each server
  --to <url>  Target database (default: COPY_TO_URL)
  --json      Print JSON instead of a table
`,
  );
  assertEquals(
    commandHelp(SHOP, "fill-everything"),
    "Usage: shop fill-everything --contacts <n>\n\nCreate contacts.\n",
  );
  assertEquals(commandHelp(SHOP, "toString"), undefined);
});

Deno.test("commandUsage() has a line for each form of the arguments", () => {
  assertEquals(commandUsage("shop", "serve"), "Usage: shop serve\n");
  assertEquals(
    commandUsage("shop", "db"),
    "Usage: shop db copy --to <url>\n       shop db dump > <file>\n       shop db restore < <file>\n" +
      "       shop db status [--json]\n",
  );
});
