import { assert, assertEquals } from "@std/assert";
import { dirname, join } from "node:path";

const ROOT = join(import.meta.dirname ?? ".", "..");

/** Markdown files of the guide, as paths from the root. */
async function guideFiles(): Promise<readonly string[]> {
  const files = ["README.md"];
  for (const folder of ["docs", "docs/adr"]) {
    for await (const { name } of Deno.readDir(join(ROOT, folder))) {
      if (name.endsWith(".md")) files.push(`${folder}/${name}`);
    }
  }
  return files;
}

/** The text of a file without fenced blocks. */
async function proseOf(path: string): Promise<string> {
  return (await Deno.readTextFile(join(ROOT, path))).replaceAll(/^ *```[^]*?^ *```$/gm, "");
}

/** Anchors of the headings, in GitHub's spelling. */
function anchorsOf(markdown: string): ReadonlySet<string> {
  const headings = [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading);
  return new Set(
    headings.map((heading) =>
      heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")
    ),
  );
}

/** Returns the links of a file that lead nowhere. */
async function brokenLinks(path: string): Promise<readonly string[]> {
  const broken: string[] = [];
  const text = await proseOf(path);
  for (const [, link = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(link)) continue;
    const [file = "", anchor] = link.split("#");
    const target = file === "" ? path : join(dirname(path), file);
    if (!await Deno.stat(join(ROOT, target)).then(() => true, () => false)) broken.push(link);
    else if (anchor !== undefined && !anchorsOf(await proseOf(target)).has(anchor)) broken.push(link);
  }
  return broken;
}

Deno.test("links of README.md and docs/ lead to files and headings", async (t) => {
  const files = await guideFiles();
  assert(files.length > 10);
  for (const path of files) {
    await t.step(path, async () => assertEquals(await brokenLinks(path), []));
  }
});

Deno.test("anchorsOf() spells headings as GitHub does", () => {
  const anchors = anchorsOf("# `Idempotency-Key`\n\n## What a token costs\n\n## OWASP Top 10 (2023)\n");
  assertEquals([...anchors], ["idempotency-key", "what-a-token-costs", "owasp-top-10-2023"]);
});
