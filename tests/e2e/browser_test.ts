import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { browse } from "@archway/tools/support/browser/browse.ts";
import { locateProgram } from "@archway/tools/support/locate_program.ts";
import { Program, untilReady } from "@archway/tools/support/program.ts";
import { testWith } from "@archway/tools/support/test_with.ts";

const executable = await locateProgram("chromium");
const testInBrowser = testWith({ reason: "Chromium is not installed", program: executable });
const SESSION = join(import.meta.dirname ?? ".", "browser_session.ts");

/** Runs a scenario against the program with development tokens. */
async function run(scenario: string): Promise<Readonly<Record<string, unknown>>> {
  const directory = await Deno.makeTempDir({ prefix: "archway_browser_" });
  try {
    await using program = new Program({ AUTH_MODE: "dev", EMBEDDED_DATA_DIR: directory });
    const url = await program.url;
    await untilReady(url);
    return await browse(url, { session: SESSION, scenario, executable });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

testInBrowser("archway's API reference creates and lists contacts in a browser", async () => {
  const { created, listed }: { created?: Shown; listed?: Shown } = await run("useReference");
  assertEquals(created?.status, "201", created?.body);
  assertEquals(listed?.status, "200", listed?.body);
  const [, id = "no id"] = /"id": "([^"]+)"/.exec(created?.body ?? "") ?? [];
  assert(listed?.body.includes(id), listed?.body);
});

testInBrowser("archway's pages can be used with the keyboard, and their text has contrast", async () => {
  assertEquals(await run("readPages"), {
    "/": [],
    "/problems/": [],
    "/problems/not-found": [],
    "/docs": [],
  });
});

/** Response as the page shows it. */
interface Shown {
  readonly status: string;
  readonly body: string;
}
