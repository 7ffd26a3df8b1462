import { assert, assertEquals } from "@std/assert";
import { billOfMaterials } from "./bill_of_materials.ts";
import { lockedPackages } from "./lock_file.ts";

Deno.test("billOfMaterials() lists every locked package with its hash and licence", async () => {
  const lock = await Deno.readTextFile(new URL("../../deno.lock", import.meta.url));
  const bill: unknown = await billOfMaterials(lock, { name: "books", version: "1.2.0" });
  const { components }: { components: readonly Record<string, unknown>[] } = JSON.parse(JSON.stringify(bill));
  assertEquals(components.length, lockedPackages(lock).length);
  const hono = components.find(({ name }) => name === "hono");
  assertEquals(hono?.["licenses"], [{ expression: "MIT" }]);
  assert(String(hono?.["purl"]).startsWith("pkg:npm/hono@4."));
  for (const component of components) {
    const [hash]: readonly { alg?: string; content?: string }[] = JSON.parse(
      JSON.stringify(component["hashes"]),
    );
    assertEquals([hash?.alg, hash?.content?.length], ["SHA-512", 128], String(component["name"]));
    assert(component["licenses"] !== undefined, String(component["name"]));
  }
  const scoped = components.find(({ name }) => name === "@logtape/logtape");
  assert(String(scoped?.["purl"]).startsWith("pkg:npm/%40logtape/logtape@"));
});
