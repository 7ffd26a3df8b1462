import { assertEquals } from "@std/assert";
import { basename, dirname, join } from "node:path";
import { probeExecutable, probePermissionSet } from "@archway/tools/permissions/probe_permissions.ts";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { FIXTURE_PROGRAM, Program } from "@archway/tools/support/program.ts";
import { testWithEmbedded } from "@archway/tools/support/program_storage.ts";

const ROOT = dirname(dirname(import.meta.dirname ?? "."));

/** Permissions embedded in an executable, limited to those tested here. */
interface Baked {
  readonly allow_all?: boolean;
  readonly allow_env: readonly string[];
  readonly allow_run: readonly string[] | null;
  readonly deny_run: readonly string[] | null;
  readonly allow_ffi: readonly string[] | null;
  readonly deny_ffi: readonly string[] | null;
  readonly allow_sys: readonly string[] | null;
  readonly deny_sys: readonly string[] | null;
}

testWithEmbedded("archway cannot read variables that it is not granted", async () => {
  const folder = await Deno.makeTempDir({ prefix: "archway_e2e_" });
  try {
    // The kernel would allow it; Deno only does with all permissions.
    await using program = new Program({
      EMBEDDED_DATA_DIR: folder,
      AUTH_MODE: "jwt",
      AUTH_ISSUER: "https://issuer.example",
      AUTH_AUDIENCE: "archway",
      AUTH_KEY_FILE: "/proc/self/environ",
    });
    program.url.catch(() => {});
    const { code, stderr } = await program.ended();
    assertEquals([code, stderr], [
      1,
      "Invalid configuration:\n  AUTH_KEY_FILE cannot be used: NotCapable\n",
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

const executables = ["TEST_EXECUTABLE", "TEST_FIXTURE_EXECUTABLE"].flatMap((name) =>
  Deno.env.get(name) ?? []
);
// Executables are tested in a separate run; from source there is none to inspect.
for (const executable of executables) {
  Deno.test(`the executable ${basename(executable)} was compiled with the permissions of the service`, async () => {
    const { permissions } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
    const baked = bakedPermissions(await Deno.readFile(executable));
    assertEquals(baked.allow_all ?? false, false);
    assertEquals(baked.allow_env.toSorted(), permissions.workers.env.allow.toSorted());
    assertEquals([baked.allow_run, baked.allow_ffi, baked.allow_sys], [permissions.workers.run, null, null]);
    // An empty list stands for everything.
    assertEquals([baked.deny_run, baked.deny_ffi, baked.deny_sys], [null, [], []]);
  });
}

if (executables.length === 0) {
  Deno.test("archway serves without write permission, with a server over TCP", async () => {
    await using server = await startPostgres({ tcp: true });
    const instance = { ...server.instance, host: "127.0.0.1" };
    await using child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "-P", "--deny-write", FIXTURE_PROGRAM],
      cwd: ROOT,
      env: { ...postgresEnvironment(instance), MIGRATE_ON_START: "true", PORT: "0", NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    let log = "";
    let requested = false;
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      log += chunk;
      const [, url] = /"url":"(http[^"]+)"/.exec(log) ?? [];
      if (url === undefined || requested) continue;
      requested = true;
      const body = JSON.stringify({ name: "Ada" });
      const headers = { "Content-Type": "application/json" };
      const response = await fetch(`${url}/v1/contacts`, { method: "POST", headers, body });
      await response.body?.cancel();
      assertEquals(response.status, 201);
      child.kill("SIGTERM");
    }
    assertEquals((await child.status).code, 0);
  });
}

const compiler = Deno.env.get("DENO_COMPILE");
// Compiling needs Deno's runtime for executables.
if (executables.length > 0 && compiler !== undefined) {
  Deno.test("a program compiled like the service has the permissions of the service from source", async () => {
    assertEquals(await probeExecutable(compiler), await probePermissionSet("workers"));
  });
}

/** Finds the permissions, the only text of this form in an executable. */
function bakedPermissions(bytes: Uint8Array): Baked {
  const start = lastIndexOf(bytes, new TextEncoder().encode('"permissions":{"allow_'));
  const text = new TextDecoder().decode(bytes.subarray(start, start + 65_536));
  const end = text.indexOf("}");
  return JSON.parse(text.slice('"permissions":'.length, end + 1));
}

function lastIndexOf(bytes: Uint8Array, needle: Uint8Array): number {
  const [first = 0] = needle;
  let at = bytes.lastIndexOf(first);
  while (at >= 0 && !needle.every((byte, index) => bytes[at + index] === byte)) {
    at = at === 0 ? -1 : bytes.lastIndexOf(first, at - 1);
  }
  if (at < 0) throw new Error("The executable contains no permissions");
  return at;
}
