import { print } from "@archway/program/print.ts";
import { chromium, type Page } from "playwright-core";

/** Observations of a scenario in a browser. */
export interface BrowserReport {
  /** Errors and warnings on the console, and uncaught ones. */
  readonly errors: readonly string[];
  /** Origins that requests were sent to. */
  readonly origins: readonly string[];
  /** Facts by step of the scenario. */
  readonly seen: Readonly<Record<string, unknown>>;
}

/** Steps of a visitor of the program at a URL, and what they show. */
export type Scenario = (page: Page, url: string) => Promise<Readonly<Record<string, unknown>>>;

/** Without requests of the browser's own to other hosts. */
const ARGS = [
  ...["--disable-background-networking", "--disable-component-update", "--disable-gpu", "--disable-sync"],
  ...["--no-first-run", "--no-sandbox"],
];

/**
 * Runs a scenario in Chromium and prints a {@link BrowserReport}: by a program of its own, since Playwright needs all
 * permissions.
 *
 * @param args Name of the scenario, URL of the program, path of Chromium.
 */
export async function runScenario(
  scenarios: Readonly<Record<string, Scenario>>,
  [name = "", url = "", executablePath = ""]: readonly string[],
): Promise<void> {
  const scenario = scenarios[name];
  if (scenario === undefined) throw new Error(`There is no scenario ${name}`);
  const browser = await chromium.launch({ executablePath, args: ARGS });
  try {
    const page = await browser.newPage();
    const [errors, origins]: [string[], Set<string>] = [[], new Set()];
    page.on("request", (request) => {
      if (!request.url().startsWith("data:")) origins.add(new URL(request.url()).origin);
    });
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") errors.push(message.text());
    });
    page.on("pageerror", ({ message }) => errors.push(message));
    const seen = await scenario(page, url);
    await print(
      Deno.stdout,
      JSON.stringify({ errors, origins: [...origins], seen } satisfies BrowserReport),
    );
  } finally {
    await browser.close();
  }
}
