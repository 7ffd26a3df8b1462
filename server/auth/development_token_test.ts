import { assert, assertEquals, assertFalse, assertRejects } from "@std/assert";
import { InvalidTokenError } from "../security/authenticator.ts";
import { DEVELOPMENT_ALGORITHM, loadOrCreateDevelopmentKey, publicKeyText } from "./development_key.ts";
import { DEVELOPMENT_PARTY, signDevelopmentToken } from "./development_token.ts";
import { JwtAuthenticator } from "./jwt_authenticator.ts";
import { VerificationKeys } from "./verification_keys.ts";

async function authenticatorOf(folder: string): Promise<JwtAuthenticator> {
  const text = publicKeyText(await loadOrCreateDevelopmentKey(folder));
  const options = { refreshMs: Infinity, staleMs: Infinity, cooldownMs: Infinity };
  return new JwtAuthenticator(new VerificationKeys(() => Promise.resolve(text), options), {
    issuer: DEVELOPMENT_PARTY,
    audience: DEVELOPMENT_PARTY,
    algorithms: [DEVELOPMENT_ALGORITHM],
    clockSkewSeconds: 0,
  });
}

async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "archway_auth_" });
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const ADA = { subject: "ada", scope: "profiles:read profiles:write", lifetimeSeconds: 60 };

Deno.test("signDevelopmentToken() signs tokens that only the same folder's key verifies", async () => {
  await withFolder(async (folder) => {
    const token = await signDevelopmentToken(await loadOrCreateDevelopmentKey(folder), ADA);
    const authenticator = await authenticatorOf(folder);
    assertEquals(await authenticator.authenticate(token), {
      subject: "ada",
      scopes: new Set(["profiles:read", "profiles:write"]),
    });
    await withFolder(async (other) => {
      const stranger = await authenticatorOf(other);
      await assertRejects(async () => await stranger.authenticate(token), InvalidTokenError);
    });
  });
});

Deno.test("loadOrCreateDevelopmentKey() creates one key, even concurrently, that only the owner can read", async () => {
  await withFolder(async (folder) => {
    const keys = await Promise.all(Array.from({ length: 4 }, () => loadOrCreateDevelopmentKey(folder)));
    assertEquals(new Set(keys.map(({ d }) => d)).size, 1);
    const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
    assertEquals(names, ["development_key.json"]);
    const { mode } = await Deno.stat(`${folder}/development_key.json`);
    assert(mode === null || (mode & 0o077) === 0);
  });
});

Deno.test("publicKeyText() omits the private part", async () => {
  await withFolder(async (folder) => {
    const { d } = await loadOrCreateDevelopmentKey(folder);
    const text = publicKeyText(await loadOrCreateDevelopmentKey(folder));
    assert(d !== undefined);
    assertFalse(text.includes(d));
    assertFalse(text.includes('"d"'));
  });
});
