import { assertEquals } from "@std/assert";
import { ALLOWED_LICENCES } from "./allowed_licences.ts";
import { licenceViolation } from "./licence_violation.ts";

const PACKAGE = { name: "made-up", version: "1.0.0" };
const RULES = { allowed: ALLOWED_LICENCES, exceptions: new Map([["made-up@2.0.0", "for a test"]]) };

function violationOf(manifest: unknown): string | undefined {
  return licenceViolation(PACKAGE, manifest, RULES);
}

Deno.test("licenceViolation() accepts permitted licences, alternatives and conjunctions", () => {
  for (
    const manifest of [
      { license: "MIT" },
      { license: "(MIT OR CC0-1.0)" },
      { license: "GPL-3.0-only OR ISC" },
      { license: "MIT AND (BSD-2-Clause OR GPL-2.0)" },
      { license: "Apache-2.0 WITH LLVM-exception" },
      { license: { type: "MIT", url: "https://example.com" } },
      { licenses: [{ type: "GPL-2.0" }, { type: "MIT" }] },
    ]
  ) assertEquals(violationOf(manifest), undefined, JSON.stringify(manifest));
});

Deno.test("licenceViolation() rejects licences that are not permitted, malformed or missing", () => {
  for (
    const license of [
      "GPL-3.0-only",
      "MIT AND GPL-2.0",
      "(MIT OR ISC) AND AGPL-3.0-only",
      "SEE LICENSE IN LICENSE.md",
      "UNLICENSED",
      "MIT OR",
      "",
    ]
  ) {
    assertEquals(
      violationOf({ license }),
      `made-up 1.0.0: the licence ${JSON.stringify(license)} is not allowed`,
    );
  }
  for (const manifest of [{}, null, "MIT", { license: 1 }, { licenses: [] }, { license: null }]) {
    assertEquals(
      violationOf(manifest),
      "made-up 1.0.0: its manifest names no licence",
      JSON.stringify(manifest),
    );
  }
});

Deno.test("licenceViolation() exempts only one version of a package", () => {
  const manifest = { license: "GPL-3.0-only" };
  assertEquals(licenceViolation({ name: "made-up", version: "2.0.0" }, manifest, RULES), undefined);
  assertEquals(
    licenceViolation({ name: "made-up", version: "2.0.1" }, manifest, RULES),
    'made-up 2.0.1: the licence "GPL-3.0-only" is not allowed',
  );
});
