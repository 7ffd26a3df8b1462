import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { type Outcomes, probePermissionSet } from "./permissions/probe_permissions.ts";
import { markdownRows } from "./permissions/markdown_rows.ts";

const ROOT = join(import.meta.dirname ?? ".", "..");

type Grant = boolean | readonly string[] | {
  readonly allow?: boolean | readonly string[];
  readonly deny?: boolean;
  readonly ignore?: boolean;
};

interface Configuration {
  readonly tasks: Readonly<Record<string, { readonly command: string }>>;
  readonly permissions: Readonly<Record<string, Readonly<Record<string, Grant>>>>;
  readonly test: { readonly permissions: string };
  readonly compile: { readonly permissions: string };
}

async function read(file: string): Promise<string> {
  return await Deno.readTextFile(join(ROOT, file));
}

async function configuration(): Promise<Configuration> {
  return JSON.parse(await read("deno.json"));
}

/** Returns the programs that a task runs, `deno run …`, and those in its `$(…)`. */
function programsOf(command: string): readonly string[] {
  const inner = [...command.matchAll(/\$\(([^)]*)\)/g)].map(([, text = ""]) => text);
  return [command.replaceAll(/\$\([^)]*\)/g, ""), ...inner].flatMap((text) => text.split(/&&|\|\||;|\|/))
    .filter((text) => /\bdeno (run|test|compile|bench|serve|eval|repl)\b/.test(text));
}

Deno.test("deno.json assigns a permission set to each task, and full access to none", async () => {
  const { tasks, permissions, test, compile } = await configuration();
  for (const [name, { command }] of Object.entries(tasks)) {
    for (const program of programsOf(command)) {
      const [, set = "default"] = / -P(?:=(\S+))?(?= |$)/.exec(program) ?? [undefined, "no set at all"];
      assertEquals(set in permissions, true, `${name} runs with ${set}: ${program}`);
      assertEquals(/ (-\w*A\w*|--allow-all|--allow-run|--allow-ffi)\b/.test(program), false, program);
    }
  }
  assertEquals([test.permissions, compile.permissions], ["test", "workers"]);
});

Deno.test("tasks whose set limits what may be read do not wait for permission at a terminal", async () => {
  const { tasks, permissions } = await configuration();
  const limited = Object.entries(permissions)
    .filter(([, { read }]) => read instanceof Array)
    .map(([name]) => name);
  const programs = Object.values(tasks).flatMap(({ command }) =>
    command.split("&").flatMap((program) =>
      limited.some((set) => program.includes(`-P=${set} `)) ? [program.trim()] : []
    )
  );
  assertEquals(programs.length > 0, true);
  assertEquals(programs.filter((program) => !program.startsWith("DENO_NO_PROMPT=1 ")), []);
});

Deno.test("docs/permissions.md lists the permissions of each task", async () => {
  const { tasks } = await configuration();
  const expected = Object.entries(tasks).map(([name, { command }]) => {
    const [program = ""] = programsOf(command);
    // `deno test` and `deno compile` have their own set for a bare -P.
    const bare = /\bdeno test\b/.test(program)
      ? "test"
      : /\bdeno compile\b/.test(program)
      ? "workers"
      : "default";
    const [, set = bare] = / -P(?:=(\S+))?(?= |$)/.exec(program) ?? [];
    return [name, set, (program.match(/--(allow|deny)-\S+/g) ?? []).join(" ")];
  });
  const rows = markdownRows(await read("docs/permissions.md"), "Tasks");
  assertEquals(rows.map(([name, set, beside]) => [name, set, beside]).toSorted(), expected.toSorted());
});

Deno.test("docs/permissions.md describes the permission sets of deno.json", async () => {
  const { permissions } = await configuration();
  const expected = Object.entries(permissions).map(([name, set]) => [
    name,
    // The list is long, and follows from the settings.
    name === "default" || name === "workers" ? "its settings" : allowed(set["env"]),
    ...["net", "read", "write", "run", "sys"].map((kind) => allowed(set[kind])),
  ]);
  assertEquals(markdownRows(await read("docs/permissions.md"), "Permission sets"), expected);
  for (const set of Object.values(permissions)) {
    assertEquals(set["ffi"], { deny: true });
    assertEquals(set["import"], { allow: ["localhost:1"], deny: true });
    // Anything without a rule would prompt at a terminal.
    for (const kind of ["env", "net", "read", "write", "run", "sys"]) {
      assertEquals(kind in set, true, `${kind} is left open`);
    }
  }
});

function allowed(grant: Grant | undefined): string {
  if (grant === true) return "any";
  if (grant === undefined || grant === false) return "none";
  if (grant instanceof Array) return grant.join(" ");
  return "allow" in grant ? allowed(grant.allow) : "none";
}

const NOTHING: Outcomes = {
  "run a program": "denied",
  "run a program as Node does": "denied",
  "load a library": "denied",
  "read the host name": "denied",
  "read the user id": "denied",
  "import from a host that Deno trusts": "denied",
  "import from another host": "denied",
  "read a variable": "absent",
  "read a variable as Node does": "absent",
  "read a variable that is listed": "absent",
  "list the variables": "absent",
  "read the environment's file": "denied",
  "connect to this machine": "denied",
  "connect to another machine": "denied",
  "read a file of the checkout": "denied",
  "read another file": "denied",
  "write a file of api/": "denied",
  "write another file": "denied",
};

/** Attempts that the program is allowed; processes that serve are started by a supervisor of the same file. */
const OF_PROGRAM = [
  "read a variable that is listed",
  "connect to this machine",
  "connect to another machine",
  "read a file of the checkout",
  "read another file",
  "write a file of api/",
  "write another file",
];

/** Allowed attempts of probe.ts by permission set. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  default: OF_PROGRAM,
  workers: OF_PROGRAM,
  test: [
    "run a program",
    "run a program as Node does",
    "read the user id",
    "read a variable",
    "read a variable as Node does",
    "read a variable that is listed",
    "list the variables",
    "connect to this machine",
    "connect to another machine",
    "read a file of the checkout",
    "read another file",
    "write a file of api/",
    "write another file",
  ],
  bench: [
    "run a program",
    "run a program as Node does",
    "read the user id",
    "connect to this machine",
    "read a file of the checkout",
    "read another file",
  ],
  check: ["read a file of the checkout", "read another file"],
  contract: ["read a file of the checkout", "read another file"],
  conform: [
    "connect to this machine",
    "connect to another machine",
    "read a file of the checkout",
    "read another file",
  ],
  settings: ["read a file of the checkout"],
  rename: ["read a file of the checkout", "write a file of api/"],
  eject: ["read a file of the checkout"],
  new: ["read a file of the checkout", "read another file", "write a file of api/"],
  upgrade: ["read a file of the checkout", "read another file", "write a file of api/"],
  "new-project": [
    "read a file of the checkout",
    "read another file",
    "write a file of api/",
    "write another file",
  ],
  gen: ["read a file of the checkout", "write a file of api/"],
  audit: ["read a file of the checkout", "read another file"],
};

Deno.test("each permission set of deno.json only allows the listed attempts", async (t) => {
  const { permissions } = await configuration();
  assertEquals(Object.keys(ALLOWED).toSorted(), Object.keys(permissions).toSorted());
  // A benchmark writes to the temporary directory, which may contain the checkout.
  const isTemporary = /^\/(?:tmp|var\/folders)\//.test(import.meta.dirname ?? "");
  for (const [set, allowed] of Object.entries(ALLOWED)) {
    await t.step(set, async () => {
      const names = set === "bench" && isTemporary ? [...allowed, "write a file of api/"] : allowed;
      const expected = { ...NOTHING, ...Object.fromEntries(names.map((name) => [name, "allowed"])) };
      assertEquals(await probePermissionSet(set), expected);
    });
  }
});
