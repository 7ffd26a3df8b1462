import { assertEquals } from "@std/assert";
import { tagVersion } from "./tag_version.ts";

Deno.test("tagVersion() differs before and after each erasure, and between versions", () => {
  const texts = [
    { description: "Lunch", reference: "invoice-7" },
    { description: null, reference: "invoice-7" },
    { description: null, reference: null },
  ];
  // An expiry that is not recorded yet has a version of its own.
  const versions = [1n, 2n, 10n ** 12n + 1n, 10n ** 12n + 2n];
  const numbers = versions.flatMap((version) => texts.map((one) => tagVersion({ version, ...one })));
  assertEquals(new Set(numbers).size, numbers.length);
  assertEquals(tagVersion({ version: 3n, description: "Lunch" }), 31n);
});
