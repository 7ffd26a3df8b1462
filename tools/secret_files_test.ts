import { assertEquals } from "@std/assert";
import { join } from "node:path";

const ROOT = join(import.meta.dirname ?? ".", "..");

async function read(file: string): Promise<string> {
  return await Deno.readTextFile(join(ROOT, file));
}

/** What the first group of a pattern matches, all over a text, once each and in order. */
function found(text: string, pattern: RegExp): readonly string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, name = ""]) => name))].toSorted();
}

/** The secrets that .env.example lets be in a file. One that is a file only, such as TLS_CERT_FILE, is none of them. */
async function secretsOfExample(): Promise<readonly string[]> {
  const text = await read(".env.example");
  const variables = found(text, /^#?(\w+)=/gm);
  return found(text, /^#?(\w+)_FILE=/gm).filter((name) => variables.includes(name));
}

Deno.test(".env.example lets those secrets be in files that the configuration reads so", async () => {
  const parts = await Array.fromAsync(
    Deno.readDir(join(ROOT, "platform/config")),
    ({ name }) => `platform/config/${name}`,
  );
  const sources = ["main.ts", "config.ts", ...parts.filter((name) => !name.endsWith("_test.ts"))];
  const code = (await Promise.all(sources.map(read))).join("\n");
  // The passwords of servers are named by a prefix.
  const named = (await secretsOfExample()).filter((name) => !name.startsWith("POSTGRES_"));
  assertEquals(found(code, /\.(?:requiredS|s)ecret\("(\w+)"\)/g), named);
});

Deno.test("README.md and docs/limits.md name every secret that may be in a file", async () => {
  const secrets = await secretsOfExample();
  const [, chapter = ""] = (await read("docs/limits.md")).split(/^## Secrets in files$/m);
  assertEquals(
    found(chapter, /`([A-Z][A-Z_<n>]+)_FILE`/g),
    secrets.map((name) => name.replace("_0_", "_<n>_")).toSorted(),
  );
  const [, list = ""] = /Every secret \(([^)]*)\)/.exec(await read("README.md")) ?? [];
  const short = secrets.map((name) => name.replace(/^POSTGRES_.*(?=_PASSWORD$)/, "…"));
  assertEquals(found(list, /`([^`]+)`/g), [...new Set(short)].toSorted());
});
