import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { keptSecret } from "./kept_secret.ts";

Deno.test("keptSecret() makes a secret once and keeps it for its owner alone", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const secret = await keptSecret(folder);
    assert(secret.length >= 43);
    assertEquals(await keptSecret(folder), secret);
    const { mode } = await Deno.stat(`${folder}/hmac_secret`);
    if (Deno.build.os !== "windows") assertEquals((mode ?? 0) & 0o777, 0o600);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("keptSecret() replaces a file that a crash left short", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/hmac_secret`, "short");
    const secret = await keptSecret(folder);
    assertNotEquals(secret, "short");
    assertEquals(await keptSecret(folder), secret);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
