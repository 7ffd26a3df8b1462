import axe from "axe-core";
import type { Page } from "playwright-core";

/** Returns the violations of accessibility rules that axe finds, with the elements concerned. */
export async function violations(page: Page, tags: readonly string[]): Promise<readonly string[]> {
  // Evaluated by the browser's debugger, which no policy of the page applies to.
  await page.evaluate(axe.source);
  const found: unknown = await page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(tags)} }).then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ": " + nodes.map(({ target }) => target.join(" ")).join(", ")))`,
  );
  return Array.isArray(found) ? found.map(String) : [String(found)];
}
