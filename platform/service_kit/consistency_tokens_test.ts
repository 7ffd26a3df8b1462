import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { WalPosition } from "@archway/db/db.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import { KeyRing } from "./signing/key_ring.ts";
import { Problem } from "@archway/server/problem.ts";
import { CONSISTENCY_TOKEN, ConsistencyTokens } from "./consistency_tokens.ts";

const secret = "a secret of more than 32 bytes for a test";
const older = "an older secret of more than 32 bytes too";

const positions = fc.record({
  timeline: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  lsn: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
}, { noNullPrototype: true });

Deno.test("ConsistencyTokens.parse() returns the position that issue() encoded, in any process", async () => {
  await fc.assert(fc.asyncProperty(positions, async (position) => {
    const text = await issue(position);
    assertEquals(tokensOf(position, [secret, older]).parse(text), position);
  }));
});

Deno.test("ConsistencyTokens.issue() returns a short text that is valid in a header field", async () => {
  await fc.assert(fc.asyncProperty(positions, async (position) => {
    assertMatch(await issue(position), /^[\w-]{66}$/);
  }));
});

Deno.test("ConsistencyTokens.parse() rejects texts that no secret signed", async () => {
  const position = { timeline: 1, lsn: 0x1234_5678n };
  const tokens = tokensOf(position);
  const text = await issue(position);
  const foreign = await issue(position, "another secret of more than 32 bytes");
  const otherPurpose = new KeyRing([secret], "profile cursor").sign(new Uint8Array(13));
  const otherLength = new KeyRing([secret], "consistency token").sign(new Uint8Array(14));
  const otherFormat = new KeyRing([secret], "consistency token").sign(new Uint8Array(13).fill(2));
  const others = ["", "x", text + text, `${text}=`, ` ${text}`, text.toUpperCase(), "ü".repeat(66)];
  for (const other of [foreign, otherPurpose, otherLength, otherFormat, ...others]) {
    assertEquals(tokens.parse(other), undefined, other);
  }
  for (let end = 0; end < text.length; end++) assertEquals(tokens.parse(text.slice(0, end)), undefined);
});

Deno.test("ConsistencyTokens.parse() rejects tokens with a changed character", async () => {
  const position = { timeline: 3, lsn: 2n ** 40n };
  const text = await issue(position);
  const tokens = tokensOf(position);
  const letters = fc.constantFrom(..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
  fc.assert(fc.property(fc.nat({ max: text.length - 1 }), letters, (at, letter) => {
    const changed = text.slice(0, at) + letter + text.slice(at + 1);
    assertEquals(tokens.parse(changed), changed === text ? position : undefined);
  }));
});

Deno.test("ConsistencyTokens.parse() accepts tokens of a rotated secret until it is removed", async () => {
  const position = { timeline: 1, lsn: 7n };
  const text = await issue(position, older);
  assertEquals(tokensOf(position, [secret, older]).parse(text), position);
  assertEquals(tokensOf(position, [secret]).parse(text), undefined);
});

Deno.test("ConsistencyTokens.issue() returns undefined if the position is unknown, and reports the reason", async () => {
  const reasons: string[] = [];
  const tokens = new ConsistencyTokens({
    keys: new KeyRing([secret], "consistency token"),
    position: () => Promise.reject(new DatabaseError("unavailable", "The database cannot be reached")),
    onUnissued: (reason) => reasons.push(reason),
  });
  assertEquals(await tokens.issue(), undefined);
  assertEquals(reasons, ["The database cannot be reached"]);
  // A client that has disconnected needs no token.
  assertEquals(await tokens.issue({ signal: AbortSignal.abort() }), undefined);
  assertEquals(reasons.length, 1);
});

Deno.test("ConsistencyTokens.issue() returns one text for one position", async () => {
  const tokens = tokensOf({ timeline: 1, lsn: 7n });
  const texts = await Promise.all([tokens.issue(), tokens.issue(), tokens.issue()]);
  assertEquals(new Set(texts).size, 1);
});

function tokensOf(
  position: WalPosition,
  secrets: readonly [string, ...string[]] = [secret],
): ConsistencyTokens {
  const keys = new KeyRing(secrets, "consistency token");
  return new ConsistencyTokens({ keys, position: () => Promise.resolve(position) });
}

async function issue(position: WalPosition, by = secret): Promise<string> {
  const text = await tokensOf(position, [by]).issue();
  assert(text !== undefined);
  return text;
}

Deno.test("ConsistencyTokens.readOptions() requires the position of a token, and rejects other texts", async () => {
  const position = { timeline: 1, lsn: 7n };
  const tokens = tokensOf(position);
  const { signal } = new AbortController();
  assertEquals(tokens.readOptions({}, { signal }), { signal });
  assertEquals(tokens.readOptions(await tokens.header(), { signal }), { signal, after: position });
  const problem = assertThrows(() => tokens.readOptions({ [CONSISTENCY_TOKEN]: "x" }, { signal }), Problem);
  assertEquals([problem.status, problem.slug], [400, "malformed-request"]);
});
