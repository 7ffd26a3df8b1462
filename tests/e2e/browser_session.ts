import { runScenario, type Scenario } from "@archway/tools/support/browser/run_scenario.ts";
import { violations } from "@archway/tools/support/browser/violations.ts";
import type { Page } from "playwright-core";

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

if (import.meta.main) await runScenario(SCENARIOS, Deno.args);
