import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { loadOrCreateSecret } from "./load_or_create_secret.ts";

Deno.test("loadOrCreateSecret() creates a secret once, readable by its owner only", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const secret = await loadOrCreateSecret(folder);
    assert(secret.length >= 43);
    assertEquals(await loadOrCreateSecret(folder), secret);
    const { mode } = await Deno.stat(`${folder}/hmac_secret`);
    if (Deno.build.os !== "windows") assertEquals((mode ?? 0) & 0o777, 0o600);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("loadOrCreateSecret() replaces a truncated file", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/hmac_secret`, "short");
    const secret = await loadOrCreateSecret(folder);
    assertNotEquals(secret, "short");
    assertEquals(await loadOrCreateSecret(folder), secret);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
