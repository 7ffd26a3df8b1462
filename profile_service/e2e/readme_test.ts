import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { MainProgram, untilReady } from "@archway/tools/support/program.ts";

const README = join(import.meta.dirname ?? ".", "../../README.md");

/** Bash block of the README, meant to be pasted into a shell. */
async function pastedBlock(): Promise<string> {
  const [, block, ...others] = (await Deno.readTextFile(README)).split(/^```bash\n([^]*?)^```$/m);
  assert(block !== undefined && others.length === 1, "README.md must have exactly one bash block");
  return block;
}

/** Runs a script in bash without startup files and returns its output. */
async function runBash(script: string, environment: Readonly<Record<string, string>>): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["--noprofile", "--norc", "-c", script],
    clearEnv: true,
    env: { PATH: Deno.env.get("PATH") ?? "", ...environment },
  }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  return new TextDecoder().decode(stdout).replaceAll("\r", "");
}

function bodyOf(response: string): string {
  return response.slice(response.indexOf("\n\n"));
}

Deno.test("README.md's bash block creates, lists, updates and deletes a profile", async () => {
  const folder = await Deno.makeTempDir({ prefix: "archway_readme_" });
  try {
    await using program = new MainProgram({ EMBEDDED_DATA_DIR: folder, VALIDATE_RESPONSES: "true" });
    const url = await program.url;
    await untilReady(url);
    const output = await runBash(await pastedBlock(), { URL: url });
    const steps = output.split(/^--- .*\n/m).slice(1);
    assertEquals(
      steps.map((step) => /^HTTP\/1\.1 (\d+)/.exec(step)?.[1]),
      ["201", "200", "200", "412", "204", "404"],
    );
    const [created = "", listed = "", patched = "", outdated = ""] = steps;
    assertEquals([created, patched, outdated].map((step) => /^etag: (.*)$/im.exec(step)?.[1]), [
      '"1"',
      '"2"',
      '"2"',
    ]);
    const [, id = ""] = /^location: \/v1\/profiles\/(.+)$/im.exec(created) ?? [];
    const page: {
      readonly data: readonly { readonly id: string }[];
      readonly meta: { readonly etags: Readonly<Record<string, string>> };
    } = JSON.parse(bodyOf(listed));
    assertEquals(page.data.map((profile) => profile.id), [id]);
    assertEquals(page.meta.etags, { [id]: '"1"' });
    const changed: { readonly data: { readonly age: number } } = JSON.parse(bodyOf(patched));
    assertEquals(changed.data.age, 37);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("README.md's bash block defaults to the port of deno task dev", async () => {
  assert((await pastedBlock()).startsWith("URL=${URL:-http://127.0.0.1:8080}\n"));
});
