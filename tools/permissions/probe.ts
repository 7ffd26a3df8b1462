import { exec } from "node:child_process";

/**
 * Attempts operations and prints the outcomes as JSON. They are `allowed`, `absent` (a variable that appears unset) or
 * `denied`. Run or compiled with the permissions under test; all attempts are harmless if allowed. The first argument
 * is the name of a variable that is set, the second of one that may be read.
 */
const [secret = "", listed = ""] = Deno.args;

const ATTEMPTS: Readonly<Record<string, () => unknown>> = {
  "run a program": () => new Deno.Command("true").output(),
  "run a program as Node does": () =>
    new Promise<void>((resolve, reject) => exec("true", (error) => error ? reject(error) : resolve())),
  "load a library": () => Deno.dlopen("libnothing.so", {}),
  "read the host name": () => Deno.hostname(),
  "read the user id": () => Deno.uid(),
  "import from a host that Deno trusts": () => import(["https:", "", "deno.land", "nothing.ts"].join("/")),
  "import from another host": () => import(["http:", "", "127.0.0.1:1", "nothing.ts"].join("/")),
  "read a variable": () => Deno.env.get(secret) ?? ABSENT,
  "read a variable as Node does": () => globalThis.process.env[secret] ?? ABSENT,
  "read a variable that is listed": () => Deno.env.get(listed) ?? ABSENT,
  "list the variables": () => secret in Deno.env.toObject() || ABSENT,
  "read the environment's file": () => Deno.readTextFile("/proc/self/environ"),
  "connect to this machine": () => Deno.connect({ hostname: "127.0.0.1", port: 1 }),
  "connect to another machine": () => granted({ name: "net", host: "192.0.2.1:443" }),
  "read a file of the checkout": () => Deno.lstat("deno.json"),
  "read another file": () => Deno.lstat("/"),
  "write a file of api/": () => Deno.remove("api/there-is-no-such-file"),
  "write another file": () => Deno.remove("/there-is-no-such-file"),
};

const ABSENT = Symbol("not set");

async function granted(descriptor: Deno.PermissionDescriptor): Promise<void> {
  const { state } = await Deno.permissions.query(descriptor);
  if (state !== "granted") throw new Deno.errors.NotCapable();
}

async function outcome(attempt: () => unknown): Promise<string> {
  try {
    return await attempt() === ABSENT ? "absent" : "allowed";
  } catch (error) {
    const denied = error instanceof Deno.errors.NotCapable ||
      // An executable cannot load modules from elsewhere.
      error instanceof Error && /^(NotCapable: )?Requires |^Module not found: /.test(error.message);
    // An attempt that fails otherwise was allowed.
    return denied ? "denied" : "allowed";
  }
}

const outcomes: Record<string, string> = {};
for (const [name, attempt] of Object.entries(ATTEMPTS)) outcomes[name] = await outcome(attempt);
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(outcomes)));
