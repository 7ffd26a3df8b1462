import { runScenario, type Scenario } from "@archway/tools/support/browser/run_scenario.ts";
import { violations } from "@archway/tools/support/browser/violations.ts";
import type { Page } from "playwright-core";

const ACCESSIBILITY = ["wcag2a", "wcag2aa", "best-practice"];

type Seen = Readonly<Record<string, unknown>>;

/** Makes a waiting job due. */
async function runJob(page: Page, url: string): Promise<Seen> {
  await page.goto(`${url}/_dev/#/jobs`);
  const row = page.getByRole("row", { name: "test.unknown" });
  const before = await row.innerText();
  const found = await violations(page, ACCESSIBILITY);
  await row.getByRole("button", { name: "Run now" }).click();
  await page.getByText("The job is due.").waitFor();
  return { before, violations: found };
}

/** Sends a test event to an inbox, and delivers an event again. */
async function deliver(page: Page, url: string): Promise<Seen> {
  await page.goto(`${url}/_dev/#/events`);
  const events = await page.getByRole("region", { name: "Last 50 events" }).innerText();
  await page.goto(`${url}/_dev/#/webhooks`);
  await page.getByRole("link", { name: `${url}/_dev/inbox/test` }).click();
  await page.getByRole("heading", { level: 2, name: `Webhook to ${url}/_dev/inbox/test` }).waitFor();
  const found = await violations(page, ACCESSIBILITY);
  await page.getByRole("button", { name: "Send a test event" }).click();
  await page.getByText("The receiver accepted the test event with 204.").waitFor();
  const row = page.getByRole("region", { name: "Deliveries" }).locator("tbody tr").first();
  const before = await row.innerText();
  await row.getByRole("button", { name: "Deliver again now" }).click();
  await page.getByText("It is due now.").waitFor();
  await page.goto(`${url}/_dev/#/inbox/test`);
  await page.getByRole("heading", { level: 2, name: "Inbox test" }).waitFor();
  const message = page.locator("main tbody tr").last();
  const received = await message.innerText();
  return { events, before, received, violations: found };
}

const SCENARIOS: Readonly<Record<string, Scenario>> = { runJob, deliver };

if (import.meta.main) await runScenario(SCENARIOS, Deno.args);
