import { assert, assertEquals } from "@std/assert";
import { dirname, join } from "node:path";
import { PROJECT_ROOT } from "@archway/program/project.ts";
import { usage } from "@archway/program/usage.ts";
import { project } from "../../config.ts";
import { services } from "../../services.ts";
import { fencesOf, proseOf } from "./fences.ts";
import { type GuidePage, guidePages } from "./guide_pages.ts";
import { mermaidErrors } from "./mermaid_errors.ts";

/** Longest page, in words without code. */
const MAX_WORDS = 2500;

/** Tables that `deno task settings` writes, to look things up. */
const REFERENCE = "docs/configuration.md";

/** Anchors of the headings, in GitHub's spelling. */
function anchorsOf(markdown: string): ReadonlySet<string> {
  const headings = [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading);
  return new Set(
    headings.map((heading) =>
      heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")
    ),
  );
}

/** Targets of the links of a page, with their anchors. */
function linksOf(markdown: string): readonly string[] {
  return [...proseOf(markdown).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link)
    .filter((link) => !/^[a-z]+:/.test(link));
}

/** Returns the links of a page that lead nowhere. */
async function brokenLinks({ path, text }: GuidePage): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const link of linksOf(text)) {
    const [file = "", anchor] = link.split("#");
    const target = join(PROJECT_ROOT, file === "" ? path : join(dirname(path), file));
    if (!await Deno.stat(target).then(() => true, () => false)) broken.push(link);
    else if (anchor !== undefined && !anchorsOf(proseOf(await Deno.readTextFile(target))).has(anchor)) {
      broken.push(link);
    }
  }
  return broken;
}

function wordsOf(markdown: string): number {
  return proseOf(markdown).replaceAll(/[|*`#]|-{3,}/g, " ").split(/\s+/).filter((word) => word !== "").length;
}

Deno.test("links of README.md and docs/ lead to files and headings", async (t) => {
  const pages = await guidePages();
  assert(pages.length > 10);
  for (const page of pages) await t.step(page.path, async () => assertEquals(await brokenLinks(page), []));
});

Deno.test("anchorsOf() spells headings as GitHub does", () => {
  const anchors = anchorsOf("# `Idempotency-Key`\n\n## What a token costs\n\n## OWASP Top 10 (2023)\n");
  assertEquals([...anchors], ["idempotency-key", "what-a-token-costs", "owasp-top-10-2023"]);
});

Deno.test("every page is linked from the guide's table of contents or README.md, and none is too long", async () => {
  const pages = await guidePages();
  const linked = new Set(
    pages.filter(({ path }) => path === "docs/README.md" || path === "README.md")
      .flatMap(({ path, text }) => linksOf(text).map((link) => join(dirname(path), link.replace(/#.*/, "")))),
  );
  const chapters = pages.filter(({ path }) => !/README\.md$|^docs\/adr\//.test(path));
  assertEquals(chapters.map(({ path }) => path).filter((path) => !linked.has(path)), []);
  const long = chapters.filter(({ path, text }) => path !== REFERENCE && wordsOf(text) > MAX_WORDS);
  assertEquals(long.map(({ path, text }) => `${path}: ${wordsOf(text)} words`), []);
});

Deno.test("the guide shows every command of the program", async () => {
  const text = (await guidePages()).map(({ text }) => text).join("\n");
  const [, list = ""] = usage({ ...project, services }).split(/^Commands:$|^Options:$/m);
  const commands = [...list.matchAll(/^ {2}([a-z]+) /gm)].map(([, name = ""]) => name);
  assert(commands.includes("serve"));
  const missing = commands.filter((name) =>
    !new RegExp(String.raw`\b${project.name}(-server)? ${name}\b|deno task ${name}\b|<name> ${name}\b`).test(
      text,
    )
  );
  assertEquals(missing, []);
});

Deno.test("the guide has every metric in one table", async () => {
  const tables = (await guidePages()).flatMap(({ text }) =>
    text.split("\n").filter((line) => line.startsWith("| `"))
  );
  const metrics = new Set<string>();
  for await (const path of sources(join(PROJECT_ROOT, "platform"))) {
    const found = (await Deno.readTextFile(path)).matchAll(/(?:\bname: |\bgauge\(\s*)"(archway\.[a-z_.]+)"/g);
    for (const [, name = ""] of found) metrics.add(name);
  }
  assert(metrics.has("archway.request.duration"));
  const counts = [...metrics].map((
    name,
  ) => [name, tables.filter((row) => row.startsWith(`| \`${name}\``)).length]);
  assertEquals(counts.filter(([, count]) => count !== 1), []);
});

async function* sources(folder: string): AsyncIterable<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory && name !== "testing") yield* sources(path);
    else if (name.endsWith(".ts") && !name.endsWith("_test.ts")) yield path;
  }
}

Deno.test("diagrams of the guide are flowcharts and sequences that Mermaid can draw", async () => {
  const diagrams = (await guidePages()).flatMap(({ path, text }) =>
    fencesOf(text).filter(({ language }) => language === "mermaid").map((fence) => ({ path, ...fence }))
  );
  assert(diagrams.length > 0);
  const errors = diagrams.flatMap(({ path, line, text }) =>
    mermaidErrors(text).map((error) => `${path}:${line}: ${error}`)
  );
  assertEquals(errors, []);
});

Deno.test("mermaidErrors() reports what Mermaid could not draw", () => {
  assertEquals(mermaidErrors("flowchart LR\n  a[one] --> b\n  b -- text --> c[(rows)]\n"), []);
  assertEquals(
    mermaidErrors("sequenceDiagram\n  participant C as Client\n  C->>S: GET\n  S-->>C: 200\n"),
    [],
  );
  assertEquals(mermaidErrors("flowchart LR\n  a[one --> b\n"), ["not understood: a[one --> b"]);
  assertEquals(mermaidErrors("sequenceDiagram\n  alt no\n  C->>S: GET\n"), ["1 block without end"]);
  assertEquals(mermaidErrors("pie\n"), ["begins with neither flowchart nor sequenceDiagram: pie"]);
});
