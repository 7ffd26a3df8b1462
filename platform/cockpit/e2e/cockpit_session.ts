import { runScenario, type Scenario } from "@archway/tools/support/browser/run_scenario.ts";
import { violations } from "@archway/tools/support/browser/violations.ts";
import type { Locator, Page } from "playwright-core";

const ACCESSIBILITY = ["wcag2a", "wcag2aa", "best-practice"];

/** Sends a request as a client of the API does. */
async function request(address: string): Promise<number> {
  const response = await fetch(address);
  await response.body?.cancel();
  return response.status;
}

/** Opens the list, sends a request that fails, and goes from its row to the line of code. */
async function findLine(page: Page, url: string): Promise<Readonly<Record<string, unknown>>> {
  const path = `/v1/contacts/${crypto.randomUUID()}`;
  let clicks = 0;
  const click = async (locator: Locator): Promise<void> => {
    clicks++;
    await locator.click();
  };
  await page.goto(`${url}/_dev/`);
  const status = await request(url + path);
  const row = page.getByRole("link", { name: path });
  await row.waitFor();
  const list = await violations(page, ACCESSIBILITY);
  await click(row);
  const frame = page.locator("button.frame", { hasText: "contact_service/" }).first();
  await click(frame);
  const place = await frame.innerText();
  const source = await page.locator(".source mark").innerText();
  return { status, clicks, place, source, violations: [...list, ...await violations(page, ACCESSIBILITY)] };
}

/** Explains the statement of a request, and sends the request again. */
async function explainAndRepeat(page: Page, url: string): Promise<Readonly<Record<string, unknown>>> {
  await request(`${url}/v1/contacts?limit=7`);
  await page.goto(`${url}/_dev/`);
  await page.getByRole("link", { name: "/v1/contacts?limit=7" }).click();
  await page.locator(".waterfall summary", { hasText: "SELECT contacts" }).click();
  await page.getByRole("button", { name: "Explain" }).click();
  const plan = page.locator(".waterfall pre:visible");
  const text = await plan.innerText();
  const first = page.url();
  await page.getByRole("button", { name: "Send again" }).click();
  await page.waitForURL((address) => address.href !== first);
  await plan.waitFor({ state: "detached" });
  return { plan: text, title: await page.locator("h2").innerText() };
}

const SCENARIOS: Readonly<Record<string, Scenario>> = { findLine, explainAndRepeat };

if (import.meta.main) await runScenario(SCENARIOS, Deno.args);
