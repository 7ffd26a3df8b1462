import { assert, assertEquals } from "@std/assert";
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

/** The sources of the program, as one text. */
async function sources(folder = ""): Promise<string> {
  let text = "";
  for await (const { name, isDirectory } of Deno.readDir(join(ROOT, folder))) {
    const path = join(folder, name);
    if (!/^(?:main\.ts|config\.ts|platform|[a-z]+_service)(?:\/|$)/.test(path)) continue;
    if (isDirectory) text += await sources(path);
    else if (/(?<!_test)\.ts$/.test(name)) text += await read(path);
  }
  return text;
}

Deno.test(".env.example lets those secrets be in files that the configuration reads so", async () => {
  const code = await sources();
  // The passwords of servers are named by a prefix; what no source names belongs to a service that was removed.
  const named = (await secretsOfExample()).filter((name) =>
    !name.startsWith("POSTGRES_") && code.includes(`"${name}"`)
  );
  assert(named.length > 0);
  assertEquals(found(code, /\.(?:requiredS|s)ecret\("(\w+)"\)/g), named);
});

Deno.test("docs/configuration.md and docs/limits.md name every secret that may be in a file", async () => {
  const secrets = await secretsOfExample();
  const [, chapter = ""] = (await read("docs/limits.md")).split(/^## Secrets in files$/m);
  assertEquals(
    found(chapter, /`([A-Z][A-Z_<n>]+)_FILE`/g),
    secrets.map((name) => name.replace("_0_", "_<n>_")).toSorted(),
  );
  const [, list = ""] = /Every secret \(([^)]*)\)/.exec(await read("docs/configuration.md")) ?? [];
  const short = secrets.map((name) => name.replace(/^POSTGRES_.*(?=_PASSWORD$)/, "…"));
  assertEquals(found(list, /`([^`]+)`/g), [...new Set(short)].toSorted());
});
