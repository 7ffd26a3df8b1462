import { assertEquals, assertThrows } from "@std/assert";
import type { CommandContext, ServiceCommand } from "@archway/service_kit/command.ts";
import { defineJob, payloadOf } from "@archway/service_kit/job.ts";
import {
  defineService,
  type MountedService,
  type ServiceModule,
} from "@archway/service_kit/service_module.ts";
import {
  checkServices,
  fromRoot,
  hasBackground,
  migrationSources,
  PROJECT_ROOT,
  serviceCommands,
} from "./project.ts";

function service(name: string, description: Omit<ServiceModule, "name" | "configure"> = {}): ServiceModule {
  return defineService({ name, ...description, mount: (): MountedService => ({}) });
}

function command(name: string): ServiceCommand {
  return { name, summary: "Do nothing", usage: "", run: () => Promise.resolve(0) };
}

function unused(): never {
  throw new Error("The commands of this test use nothing");
}

const UNUSED: CommandContext = {
  ...{ services: [], openDatabase: unused, openProgram: unused, readSettings: unused, cipher: unused },
  ...{ print: unused, printAfter: unused, note: unused, progress: unused },
  ...{ signal: new AbortController().signal, stoppedWith: undefined },
};

const JOB = defineJob({ kind: "orders.send", payload: payloadOf(() => null) });
const SCHEDULE = { name: "orders.nightly", cron: "@daily", job: JOB, payload: null };

Deno.test("checkServices() accepts services whose requirements are listed, in any order", () => {
  checkServices([]);
  checkServices([
    service("orders", { requires: ["events", "customers"], commands: [command("fill"), command("sweep")] }),
    service("events"),
    service("customers", { commands: [command("import")] }),
  ]);
});

Deno.test("checkServices() names a duplicate, a reserved command or a missing service", () => {
  const cases: readonly (readonly [services: readonly ServiceModule[], message: string])[] = [
    [[service("orders"), service("orders")], 'services.ts: duplicate service "orders"'],
    [
      [
        service("orders", { commands: [command("fill")] }),
        service("events", { commands: [command("fill")] }),
      ],
      'services.ts: duplicate command "fill"',
    ],
    [
      [service("orders", { commands: [command("fill"), command("fill")] })],
      'services.ts: duplicate command "fill"',
    ],
    ...["serve", "worker", "migrate", "help"].map((name) =>
      [
        [service("orders", { commands: [command(name)] })],
        `services.ts: command "${name}" is reserved by the platform`,
      ] as const
    ),
    [
      [service("orders", { requires: ["events", "customers"] }), service("events")],
      "services.ts: orders requires customers; add its module, or remove orders",
    ],
    [
      [service("orders", { jobs: [JOB, JOB], requires: ["jobs"] })],
      'services.ts: duplicate job "orders.send"',
    ],
    [
      [service("orders", { schedules: [SCHEDULE, SCHEDULE], requires: ["jobs"] })],
      'services.ts: duplicate schedule "orders.nightly"',
    ],
    ...[{ jobs: [JOB] }, { schedules: [SCHEDULE] }].map((description) =>
      [
        [service("orders", description), service("jobs")],
        'services.ts: orders has jobs; add "jobs" to what it requires in its module.ts',
      ] as const
    ),
    [
      [service("orders", { jobs: [JOB], requires: ["jobs"] })],
      "services.ts: orders requires jobs; add its module, or remove orders",
    ],
  ];
  for (const [services, message] of cases) {
    assertEquals(assertThrows(() => checkServices(services), Error).message, message);
  }
});

Deno.test("serviceCommands() joins commands of one name that differ by an option", async () => {
  const form = (option: string, code: number): ServiceCommand => ({
    ...{ name: "fill", option, summary: `Add ${option}`, usage: `${option} <n>` },
    run: () => Promise.resolve(code),
  });
  const joined = [
    service("orders", { commands: [form("--orders", 1), command("sweep")] }),
    service("customers", { commands: [form("--customers", 2)] }),
  ];
  checkServices(joined);
  const [fill, sweep, ...others] = serviceCommands(joined);
  assertEquals([sweep?.name, others], ["sweep", []]);
  assertEquals(fill?.usage, ["--orders <n>", "--customers <n>"]);
  assertEquals(fill?.summary, "Add --orders; Add --customers");
  const run = async (...args: string[]): Promise<unknown> => await fill?.run(args, UNUSED);
  assertEquals(await run("--orders", "3"), 1);
  assertEquals(await run("--customers=3"), 2);
  assertEquals(await run("--until", "today", "--customers", "3"), 2);
  assertEquals(await run(), 1);
  const same = [service("orders", { commands: [form("--orders", 1), form("--orders", 2)] })];
  assertThrows(() => checkServices(same), Error, 'services.ts: duplicate command "fill --orders"');
});

Deno.test("migrationSources() lists the platform first, then the services in order", () => {
  const sources = migrationSources([
    service("orders", { migrations: "/orders/migrations" }),
    service("gateway"),
    service("customers", { migrations: "/customers/migrations" }),
  ]);
  assertEquals(sources.map(({ name, directory }) => [name, fromRoot(directory)]), [
    ["idempotency", "platform/service_kit/idempotency/migrations"],
    ["api_keys", "platform/service_kit/api_keys/migrations"],
    ["orders", fromRoot("/orders/migrations")],
    ["customers", fromRoot("/customers/migrations")],
  ]);
});

Deno.test("hasBackground() is true if any service has background work", () => {
  assertEquals(hasBackground([service("orders"), service("events", { hasBackground: true })]), true);
  assertEquals(hasBackground([service("orders")]), false);
});

Deno.test("fromRoot() returns a path relative to the project", () => {
  assertEquals(fromRoot(`${PROJECT_ROOT}/platform/program/project.ts`), "platform/program/project.ts");
});
