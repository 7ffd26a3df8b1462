import { assertEquals, assertThrows } from "@std/assert";
import { lockedPackages, unpinned } from "./lock_file.ts";

Deno.test("lockedPackages() returns names and versions without peers", () => {
  const text = JSON.stringify({
    version: "5",
    npm: {
      "@scope/one@1.2.3-beta.4": { integrity: "sha512-a" },
      "two@1.0.0_@scope+peer@2.0.0__other@3.0.0": { integrity: "sha512-b" },
    },
  });
  assertEquals(lockedPackages(text), [
    { name: "@scope/one", version: "1.2.3-beta.4", integrity: "sha512-a" },
    { name: "two", version: "1.0.0", integrity: "sha512-b" },
  ]);
  assertThrows(() => lockedPackages(`{"version":"4"}`), Error, "version 5");
});

Deno.test("unpinned() finds packages without a strong hash", () => {
  const version = "1.0.0";
  assertEquals(
    unpinned([
      { name: "good", version, integrity: "sha512-a" },
      { name: "weak", version, integrity: "sha1-a" },
      { name: "none", version, integrity: undefined },
    ]),
    ["weak 1.0.0: no sha512 hash in the lock file", "none 1.0.0: no sha512 hash in the lock file"],
  );
});
