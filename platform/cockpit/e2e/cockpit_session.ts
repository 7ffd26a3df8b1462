import { join } from "node:path";
import { runScenario, type Scenario } from "@archway/tools/support/browser/run_scenario.ts";
import { violations } from "@archway/tools/support/browser/violations.ts";
import type { Locator, Page } from "playwright-core";

const ACCESSIBILITY = ["wcag2a", "wcag2aa", "best-practice"];

/** Sends a request as a client of the API does, and returns the status; "no response" if there is none. */
async function request(address: string, init: RequestInit = {}): Promise<number | string> {
  try {
    const response = await fetch(address, init);
    await response.arrayBuffer();
    return response.status;
  } catch {
    return "no response";
  }
}

/** Returns the violations of accessibility rules in light and dark mode. */
async function violationsInBoth(page: Page): Promise<readonly string[]> {
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    found.push(...await violations(page, ACCESSIBILITY));
  }
  return found;
}

/** Begins to add up the movements of what is shown already (Layout Instability API). */
async function watchShifts(page: Page): Promise<() => Promise<unknown>> {
  await page.evaluate(`globalThis.shifts = 0;
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) shifts += value;
    }).observe({ type: "layout-shift" })`);
  return () => page.evaluate("globalThis.shifts");
}

/** Opens the list, sends a request that fails, and goes from its row to the line of code. */
async function findLine(page: Page, url: string): Promise<Readonly<Record<string, unknown>>> {
  const path = `/v1/contacts/${crypto.randomUUID()}`;
  let clicks = 0;
  const click = async (locator: Locator): Promise<void> => {
    clicks++;
    // Its link covers the row.
    await locator.click({ force: true });
  };
  await page.goto(`${url}/_dev/`);
  const status = await request(url + path);
  const row = page.getByRole("link", { name: path });
  await row.waitFor();
  const list = await violationsInBoth(page);
  await click(page.getByRole("row").filter({ has: row }).getByText(/^500/));
  const source = await page.locator(".source mark").innerText();
  const place = await page.locator("button.frame[aria-expanded=true]").innerText();
  return { status, clicks, place, source, violations: [...list, ...await violationsInBoth(page)] };
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
  return { plan: text, title: await page.locator("main h2").innerText() };
}

/** Uses the list with the keyboard alone: a link with filters, a row, the way back, and a search. */
async function useKeys(page: Page, url: string): Promise<Readonly<Record<string, unknown>>> {
  const missing = `/v1/contacts/${crypto.randomUUID()}`;
  await request(`${url}/v1/contacts?limit=3`);
  await request(url + missing);
  const list = `${url}/_dev/#/requests?status=4&route=%2Fv1%2Fcontacts%2F%7Bid%7D`;
  await page.goto(list);
  await page.getByRole("link", { name: missing }).waitFor();
  const rows = await page.locator("tbody tr").count();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  const heading = page.locator("main h2", { hasText: missing });
  await heading.waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: missing }).waitFor();
  const isBack = page.url() === list;
  await page.keyboard.press("/");
  await page.keyboard.type("no such path");
  await page.getByText("No recorded request matches the filters.").waitFor();
  const fragment = new URL(page.url()).hash;
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  const help = await page.getByRole("dialog").innerText();
  const found = await violationsInBoth(page);
  await page.keyboard.press("Escape");
  return { rows, isBack, fragment, help, violations: found };
}

/** Watches the metrics while requests arrive. */
async function watchMetrics(page: Page, url: string): Promise<Readonly<Record<string, unknown>>> {
  await page.goto(`${url}/_dev/`);
  await page.locator("main h2", { hasText: "Requests" }).waitFor();
  await page.keyboard.press("2");
  const charts = page.locator("figure:visible");
  await charts.first().waitFor();
  const shifts = await watchShifts(page);
  const chart = (title: string): Locator => charts.filter({ has: page.getByText(title, { exact: true }) });
  const line = chart("Requests").locator(".legend", { hasText: "2xx" });
  // Sent until they are seen, as those before the first sample are not.
  while (await line.count() === 0) {
    for (let count = 0; count < 20; count++) await request(`${url}/v1/contacts`);
    await page.waitForTimeout(200);
  }
  const pool = await chart("Database connections").locator(".legend", { hasText: "idle" }).innerText();
  await page.locator("canvas").first().waitFor();
  await page.setViewportSize({ width: 700, height: 900 });
  const titles = await charts.locator("figcaption").allInnerTexts();
  const found = await violationsInBoth(page);
  return { titles, pool, shifts: await shifts(), violations: found };
}

/** Arms a fault, meets it as a client, and finds the request. */
async function injectFault(page: Page, url: string): Promise<Readonly<Record<string, unknown>>> {
  const email = `${crypto.randomUUID()}@example.com`;
  const create = (): Promise<number | string> =>
    request(`${url}/v1/contacts`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name: "Ada Lovelace", email }),
    });
  await page.goto(`${url}/_dev/#/faults`);
  await page.getByLabel("Operation").selectOption("POST /v1/contacts");
  await page.getByRole("button", { name: "Arm" }).click();
  const banner = page.locator("#faults:visible");
  const text = await banner.innerText();
  const found = await violationsInBoth(page);
  const statuses = [await create(), await create()];
  await banner.waitFor({ state: "detached" });
  await page.getByRole("link", { name: "Requests" }).click();
  const row = page.locator("tr", { has: page.locator(".badge") });
  await row.locator("a").click();
  const fact = await page.locator("dt", { hasText: "Injected fault" }).locator("+ dd").innerText();
  return { text, statuses, fact, violations: found };
}

/** Writes the images of the page in docs. */
async function takeScreenshots(page: Page, url: string): Promise<Readonly<Record<string, unknown>>> {
  const folder = join(import.meta.dirname ?? ".", "../screenshots");
  let isLoading = true;
  const take = async (
    name: string,
    size: { readonly width: number; readonly height: number },
  ): Promise<void> => {
    await page.setViewportSize(size);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      // Charts are drawn with the next sample.
      await page.waitForTimeout(1_500);
      await page.screenshot({ path: join(folder, `${name}_${colorScheme}.png`) });
    }
  };
  const load = sendLoad(url, () => isLoading);
  await page.goto(`${url}/_dev/#/metrics`);
  await page.waitForTimeout(30_000);
  await take("metrics", { width: 960, height: 560 });
  isLoading = false;
  await load;
  await page.goto(`${url}/_dev/#/faults`);
  await page.getByLabel("Operation").selectOption("POST /v1/contacts");
  await page.getByRole("button", { name: "Arm" }).click();
  await page.locator("#faults:visible").waitFor();
  await take("faults", { width: 960, height: 480 });
  await page.getByRole("button", { name: "Disarm" }).click();
  await page.goto(`${url}/_dev/#/requests?status=5`);
  await page.locator("tbody a").first().click();
  await page.locator(".source mark").waitFor();
  await page.setViewportSize({ width: 900, height: 440 });
  await page.locator(".actions").evaluate((element) => element.scrollIntoView());
  await take("request", { width: 900, height: 440 });
  return {};
}

/** Sends requests of changing number until it ends. */
async function sendLoad(url: string, isLoading: () => boolean): Promise<void> {
  for (let round = 0; isLoading(); round++) {
    for (let count = 0; count < 3 + round % 7; count++) {
      await request(`${url}/v1/contacts?limit=${count + 1}`);
    }
    if (round % 3 === 0) await request(`${url}/v1/contacts/${crypto.randomUUID()}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Uses every view, one after the other. */
async function useViews(page: Page, url: string): Promise<Readonly<Record<string, unknown>>> {
  const seen: Record<string, unknown> = {};
  for (const step of [explainAndRepeat, useKeys, watchMetrics, injectFault]) {
    seen[step.name] = await step(page, url);
  }
  return seen;
}

const SCENARIOS: Readonly<Record<string, Scenario>> = { findLine, useViews, takeScreenshots };

if (import.meta.main) await runScenario(SCENARIOS, Deno.args);
