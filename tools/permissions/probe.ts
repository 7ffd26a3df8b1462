import { exec } from "node:child_process";

/**
 * Tries what a program may want to do, and prints as JSON what came of it: `allowed`, `absent` (a variable that looks as
 * if it were not set) or `denied`. Run or compiled with the permissions that are to be proven; whatever is tried does no
 * harm where it is allowed. The first argument names a variable that is set, the second one that may be read.
 */
const [secret = "", listed = ""] = Deno.args;

const ATTEMPTS: Readonly<Record<string, () => unknown>> = {
  "run a program": () => new Deno.Command("true").output(),
  "run a program as Node does": () =>
    new Promise<void>((resolve, reject) => exec("true", (error) => error ? reject(error) : resolve())),
  "load a library": () => Deno.dlopen("libnothing.so", {}),
  "ask for the host's name": () => Deno.hostname(),
  "ask for the user's number": () => Deno.uid(),
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
      // An executable has no loader for modules from elsewhere.
      error instanceof Error && /^(NotCapable: )?Requires |^Module not found: /.test(error.message);
    // What fails in another manner was allowed to be tried.
    return denied ? "denied" : "allowed";
  }
}

const outcomes: Record<string, string> = {};
for (const [name, attempt] of Object.entries(ATTEMPTS)) outcomes[name] = await outcome(attempt);
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(outcomes)));
