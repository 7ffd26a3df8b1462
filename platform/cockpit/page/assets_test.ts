import { assert, assertEquals } from "@std/assert";
import { ASSETS } from "./assets.ts";

/** Maximum size of everything that the page sends to a browser, uncompressed. */
const MAX_BYTES = 300_000;

Deno.test("ASSETS are less than 300 kB in all, and contain every file that they import", () => {
  const encoder = new TextEncoder();
  const bytes = Object.values(ASSETS).reduce((sum, { text }) => sum + encoder.encode(text).length, 0);
  assert(bytes < MAX_BYTES, `${bytes} bytes`);
  const missing = Object.entries(ASSETS).flatMap(([path, { text }]) =>
    [...text.matchAll(/^import .*? from "(\.[^"]+)";$/gm)]
      .map(([, specifier = ""]) => new URL(specifier, `http://localhost${path}`).pathname)
      .filter((imported) => ASSETS[imported] === undefined)
  );
  assertEquals(missing, []);
});
