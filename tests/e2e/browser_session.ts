import { print } from "@archway/program/print.ts";
import axe from "axe-core";
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

type Scenario = (page: Page, url: string) => Promise<Readonly<Record<string, unknown>>>;

/** Without requests of the browser's own to other hosts. */
const ARGS = [
  ...["--disable-background-networking", "--disable-component-update", "--disable-gpu", "--disable-sync"],
  ...["--no-first-run", "--no-sandbox"],
];

/** Sends the request of an operation with the values of the page, and returns the status and body that it shows. */
async function execute(page: Page, operationId: string): Promise<Readonly<Record<string, string>>> {
  const operation = page.locator(`[id$="-${operationId}"]`);
  if (await operation.locator(".execute").count() === 0) {
    await operation.locator(".opblock-summary-control").click();
  }
  await operation.locator(".execute").click();
  const response = operation.locator(".live-responses-table .response");
  await response.waitFor();
  return {
    status: (await response.locator(".response-col_status").innerText()).trim().slice(0, 3),
    body: await response.locator(".response-col_description code, .response-col_description pre").first()
      .innerText(),
  };
}

/** Returns the violations of accessibility rules that axe finds, with the elements concerned. */
async function violations(page: Page, tags: readonly string[]): Promise<readonly string[]> {
  // Evaluated by the browser's debugger, which no policy of the page applies to.
  await page.evaluate(axe.source);
  const found: unknown = await page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(tags)} }).then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ": " + nodes.map(({ target }) => target.join(" ")).join(", ")))`,
  );
  return Array.isArray(found) ? found.map(String) : [String(found)];
}

/** Creates a contact and lists it, as a visitor of the landing page does. */
async function useReference(page: Page, url: string): Promise<Readonly<Record<string, unknown>>> {
  await page.goto(`${url}/`);
  await page.getByRole("link", { name: "API reference" }).click();
  await page.locator(".opblock").first().waitFor();
  return { created: await execute(page, "createContact"), listed: await execute(page, "listContacts") };
}

/** Reads every kind of page, and opens an operation with the keyboard alone. */
async function readPages(page: Page, url: string): Promise<Readonly<Record<string, unknown>>> {
  const seen: Record<string, unknown> = {};
  for (const path of ["/", "/problems/", "/problems/not-found"]) {
    await page.goto(url + path);
    seen[path] = await violations(page, ["wcag2a", "wcag2aa", "best-practice"]);
  }
  await page.goto(`${url}/`);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/docs/);
  const first = page.locator(".opblock-summary-control").first();
  await first.waitFor();
  await first.focus();
  await page.keyboard.press("Enter");
  await page.locator(".opblock.is-open .execute").waitFor();
  return { ...seen, "/docs": await violations(page, ["color-contrast"]) };
}

const SCENARIOS: Readonly<Record<string, Scenario>> = { useReference, readPages };

/**
 * Runs a scenario in Chromium and prints a {@link BrowserReport}. A program of its own, since Playwright needs all
 * permissions.
 */
async function main([name = "", url = "", executablePath = ""]: readonly string[]): Promise<void> {
  const scenario = SCENARIOS[name];
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

if (import.meta.main) await main(Deno.args);
