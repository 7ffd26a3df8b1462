import { runScenario, type Scenario } from "@archway/tools/support/browser/run_scenario.ts";
import { violations } from "@archway/tools/support/browser/violations.ts";
import type { Locator, Page } from "playwright-core";

const ACCESSIBILITY = ["wcag2a", "wcag2aa", "best-practice"];

type Seen = Readonly<Record<string, unknown>>;

/** Opens a view by the navigation, and waits for its heading. */
async function open(page: Page, title: string): Promise<void> {
  await page.getByRole("navigation").getByRole("link", { name: title, exact: true }).click();
  await heading(page, title).waitFor();
}

function heading(page: Page, name: string): Locator {
  return page.getByRole("heading", { level: 2, name, exact: true });
}

async function follow(page: Page, name: string, title: string): Promise<void> {
  await page.getByRole("link", { name, exact: true }).first().click();
  await heading(page, title).waitFor();
}

function facts(page: Page): Promise<string> {
  return page.locator("main dl").first().innerText();
}

async function post(address: string, body: string): Promise<number> {
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(address, { method: "POST", headers, body });
  await response.body?.cancel();
  return response.status;
}

/** Goes from the operations to the calls of one, and to its handler. */
async function operations(page: Page): Promise<Seen> {
  await open(page, "Operations");
  const row = page.getByRole("row", { name: "POST /v1/contacts" });
  const cells = await row.getByRole("cell").allInnerTexts();
  const found = await violations(page, ACCESSIBILITY);
  await row.getByRole("link", { name: "2", exact: true }).click();
  await heading(page, "Requests").waitFor();
  const calls = await page.locator("main tbody tr").allInnerTexts();
  await open(page, "Operations");
  await follow(page, "POST /v1/contacts", "POST /v1/contacts");
  const reference = await page.getByRole("link", { name: "API reference" }).getAttribute("href");
  const handler = await page.locator(".source mark").innerText();
  const editor = await page.getByRole("link", { name: "Open the handler in the editor" }).getAttribute(
    "href",
  );
  return { cells, calls, reference, handler, editor, violations: found };
}

/** Goes from a table to a row, and along a foreign key to another one. */
async function tables(page: Page): Promise<Seen> {
  await open(page, "Tables");
  await follow(page, "public.contact_notes", "public.contact_notes");
  const headings = await page.getByRole("region", { name: "Rows" }).getByRole("columnheader").allInnerTexts();
  const found = await violations(page, ACCESSIBILITY);
  const column = page.getByRole("region", { name: "Rows" }).getByRole("cell").nth(2);
  await column.getByRole("link").click();
  await heading(page, "Row of public.contacts").waitFor();
  const contact = await facts(page);
  await page.getByRole("link", { name: "Rows of contact_notes by contact_id" }).click();
  await page.getByRole("link", { name: "Next 50 rows" }).click();
  await page.waitForURL(/after=/);
  await page.getByRole("region", { name: "Rows" }).getByText("note 10", { exact: true }).waitFor();
  return { headings, contact, violations: found };
}

async function migrations(page: Page, file: string): Promise<Seen> {
  await open(page, "Migrations");
  const row = await page.getByRole("row", { name: file }).innerText();
  await follow(page, file, file);
  return { row, text: await page.locator("pre.source").innerText() };
}

async function idempotency(page: Page): Promise<Seen> {
  await open(page, "Idempotency keys");
  return { row: await page.locator("main tbody tr").first().innerText() };
}

/** Receives messages in an inbox, with a status that is chosen in between. */
async function inbox(page: Page, url: string): Promise<Seen> {
  const address = `${url}/_dev/inbox/orders`;
  const statuses = [await post(address, '{"event": 1}')];
  await open(page, "Inbox");
  await follow(page, "orders", "Inbox orders");
  await page.getByRole("button", { name: "Respond with 503" }).click();
  await page.getByText("From now on it responds with 503.").waitFor();
  statuses.push(await post(address, '{"event": 2}'));
  const found = await violations(page, ACCESSIBILITY);
  // It is read again by itself.
  await page.locator("main tbody tr").nth(1).waitFor();
  await page.locator("main tbody tr").first().getByRole("link").click();
  await heading(page, "Message 2 of inbox orders").waitFor();
  return {
    statuses,
    facts: await facts(page),
    body: await page.locator("pre.source").innerText(),
    violations: found,
  };
}

/** Opens every view of data. */
async function readData(page: Page, url: string): Promise<Seen> {
  await page.goto(`${url}/_dev/`);
  return {
    operations: await operations(page),
    tables: await tables(page),
    migrations: await migrations(page, "20261122000101_create_contacts.sql"),
    idempotency: await idempotency(page),
    inbox: await inbox(page, url),
  };
}

const SCENARIOS: Readonly<Record<string, Scenario>> = { readData };

if (import.meta.main) await runScenario(SCENARIOS, Deno.args);
