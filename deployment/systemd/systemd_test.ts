import { assert, assertEquals } from "@std/assert";
import { dirname, join } from "node:path";
import { allSettings } from "@archway/config/settings_table.ts";
import { PLATFORM_COMMANDS } from "@archway/program/platform_commands.ts";
import { parseDuration } from "@archway/service_kit/setting_types.ts";
import { locateProgram } from "@archway/tools/support/locate_program.ts";
import { project } from "../../config.ts";
import { services } from "../../services.ts";
import { lastOf, readUnit, secondsOf, settingsOf, type Unit, UNITS } from "./testing/unit.ts";

const HERE = import.meta.dirname ?? ".";
const analyzer = await locateProgram("systemd-analyze");
const ignore = analyzer === undefined;

const EXECUTABLE = `/usr/local/bin/${project.name}`;
/** Seconds after which the supervisor kills a process that does not stop, beyond those of the settings. */
const SUPERVISOR = 5;
/** Largest exposure that `systemd-analyze security` may compute, in tenths of its scale of ten. */
const EXPOSURE = 20;

const SERVICES = [...UNITS.keys()].filter((file) => file.endsWith(".service"));

async function analyze(args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(analyzer ?? "", { args: [...args] }).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert(success, `systemd-analyze ${args.join(" ")}\n${text}`);
  return text;
}

/** Writes the units as they are installed, with a program that exists. Returns the paths of services. */
async function install(folder: string): Promise<readonly string[]> {
  for (const [file, name] of UNITS) {
    const text = await Deno.readTextFile(join(HERE, file));
    await Deno.mkdir(dirname(join(folder, name)), { recursive: true });
    await Deno.writeTextFile(join(folder, name), text.replaceAll(EXECUTABLE, "/bin/true"));
  }
  return [...UNITS.values()].filter((name) => name.endsWith(".service")).map((name) => join(folder, name));
}

Deno.test("Units are valid, and expose little of the system", { ignore }, async () => {
  const folder = await Deno.makeTempDir({ prefix: "archway_systemd_" });
  try {
    const paths = await install(folder);
    assertEquals(await analyze(["verify", "--man=no", ...paths]), "");
    for (const path of paths) {
      await analyze(["security", "--offline=true", `--threshold=${EXPOSURE}`, "--no-pager", path]);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("Units are installed under the name of the project, and run commands that exist", async () => {
  for (const [file, name] of UNITS) {
    const text = await Deno.readTextFile(join(HERE, file));
    assert(text.startsWith(`# /etc/systemd/system/${name}: `), file);
    for (const command of (await readUnit(file)).get("ExecStart") ?? []) {
      const [program, word = ""] = command.split(" ");
      assertEquals([program, word in PLATFORM_COMMANDS], [EXECUTABLE, true], `${file}: ${command}`);
    }
  }
});

Deno.test("Units have a valid configuration of existing settings", async () => {
  const known = new Set(allSettings(services).map(({ name }) => name));
  for (const file of SERVICES) {
    const { names, errors, value } = await settingsOf(await readUnit(file));
    // Migrations do not read the secret of the service.
    const ignored = file === "migrate.service" ? ["HMAC_SECRET"] : [];
    assertEquals(errors.filter(({ variable }) => !ignored.includes(variable)), [], file);
    const unknown = names.filter((name) => !known.has(name) && !known.has(name.replace(/_FILE$/, "")));
    assertEquals(unknown.filter((name) => name !== "MALLOC_ARENA_MAX"), [], file);
    const role = file === "migrate.service" ? "owner" : "app";
    assertEquals(value("POSTGRES_PRIMARY_USER"), `${project.name}_${role}`, file);
  }
});

Deno.test("The drop-in removes what only a server needs, and keeps one process that no SIGHUP ends", async () => {
  const unit = await readUnit("api.service", "embedded.conf");
  const { names, value, errors } = await settingsOf(unit, { isEmbedded: true });
  assertEquals(errors, []);
  assertEquals(names.filter((name) => /_(?:PASSWORD|SECRET)_FILE$/.test(name)), []);
  assertEquals([value("WORKERS"), unit.get("LoadCredential"), unit.get("ExecReload")], ["1", [], []]);
  assertEquals(value("EMBEDDED_DATA_DIR"), `/var/lib/${lastOf(unit, "StateDirectory")}`);
});

/** Returns the time that the program may take to stop. */
async function secondsToStop(unit: Unit): Promise<number> {
  const { value } = await settingsOf(unit);
  const seconds = (name: string): number => (parseDuration(value(name) ?? "") ?? NaN) / 1000;
  assert(seconds("SHUTDOWN_TIMEOUT") > seconds("WRITE_TIMEOUT"));
  return seconds("SHUTDOWN_WAIT") + seconds("SHUTDOWN_TIMEOUT") + SUPERVISOR;
}

Deno.test("Units stop after the program has drained, and restart one that hangs", async () => {
  for (const file of SERVICES) {
    const unit = await readUnit(file);
    if (lastOf(unit, "Type") === "oneshot") continue;
    assert(secondsOf(unit, "TimeoutStopSec") > await secondsToStop(unit), file);
    assertEquals([lastOf(unit, "Type"), lastOf(unit, "NotifyAccess")], ["notify", "main"], file);
    assertEquals([lastOf(unit, "Restart"), secondsOf(unit, "WatchdogSec") > 0], ["always", true], file);
  }
  // The service is ready when it listens, a worker when migrations are applied.
  assertEquals(secondsOf(await readUnit("worker.service"), "TimeoutStartSec"), Infinity);
  const api = await readUnit("api.service");
  assertEquals(lastOf(api, "KillMode"), "mixed");
  assertEquals(lastOf(api, "OOMPolicy"), "continue");
});

Deno.test("Units have the same sandbox, in which V8 may compile", async () => {
  const sandbox = async (file: string): Promise<string> => {
    const [, text = ""] =
      /^(DynamicUser=[^]*?)\n(?:#|\[|$)/m.exec(await Deno.readTextFile(join(HERE, file))) ?? [];
    return text;
  };
  const first = await sandbox("api.service");
  assert(first.includes("SystemCallFilter=") && first.includes("NoNewPrivileges=yes"));
  for (const file of SERVICES) {
    assertEquals(await sandbox(file), first, file);
    assertEquals((await readUnit(file)).has("MemoryDenyWriteExecute"), false, file);
  }
});
