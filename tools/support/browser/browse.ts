import { assert, assertEquals } from "@std/assert";
import type { BrowserReport } from "./run_scenario.ts";

/** Scenario in a browser. */
export interface BrowseOptions {
  /** Path of a module that runs scenarios (run_scenario.ts). */
  readonly session: string;
  readonly scenario: string;
  /** Path of Chromium. */
  readonly executable: string | undefined;
}

/** Runs a scenario with a program at a URL, checks what holds on every page, and returns what it has seen. */
export async function browse(
  url: string,
  { session, scenario, executable = "" }: BrowseOptions,
): Promise<BrowserReport["seen"]> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", "--no-check", session, scenario, url, executable],
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  const { errors, origins, seen }: BrowserReport = JSON.parse(new TextDecoder().decode(stdout));
  assertEquals(errors, []);
  assertEquals(origins, [url]);
  return seen;
}
