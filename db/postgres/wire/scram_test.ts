import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { md5Password } from "./md5_password.ts";
import { ScramClient } from "./scram.ts";
import { WireError } from "./wire_error.ts";

const NONCE = "rOprNGfwEbeRWgbNEkqO";
const SERVER_FIRST = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

Deno.test("ScramClient exchanges messages as in RFC 7677, with an empty user", async () => {
  const client = new ScramClient({ password: "pencil", nonce: NONCE });
  assertEquals(client.first, `n,,n=,r=${NONCE}`);
  const final = await client.final(SERVER_FIRST);
  // The proof differs from that of the example by the name of the user alone, which is signed.
  assertMatch(final, /^c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj\)hNlF\$k0,p=[A-Za-z0-9+/]{43}=$/);
  assertThrows(
    () => client.verify("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="),
    WireError,
    "did not prove",
  );
  assertThrows(() => client.verify("e=invalid-proof"), WireError, "did not prove");
});

Deno.test("ScramClient says how the channel is bound", () => {
  const binding = Uint8Array.of(1, 2);
  assertMatch(new ScramClient({ password: "", binding }).first, /^p=tls-server-end-point,,n=,r=/);
  assertMatch(new ScramClient({ password: "", couldBind: true }).first, /^y,,n=,r=/);
});

Deno.test("ScramClient refuses messages that a server must not send", async () => {
  const refused = [
    ["", "no nonce"],
    ["r=other,s=AAAA,i=1", "did not extend"],
    [`r=${NONCE},s=AAAA,i=1`, "did not extend"],
    [`r=${NONCE}x,s=AAAA,i=0`, "number of iterations"],
    [`r=${NONCE}x,s=AAAA,i=1e3`, "number of iterations"],
    [`r=${NONCE}x,s=AAAA,i=2147483647`, "2147483647 iterations"],
  ] as const;
  for (const [message, reason] of refused) {
    const client = new ScramClient({ password: "pencil", nonce: NONCE });
    await assertRejects(() => client.final(message), WireError, reason);
  }
  assertThrows(() => new ScramClient({ password: "pencil" }).verify("v="), WireError, "did not prove");
});

Deno.test("md5Password() hashes password, user and salt", () => {
  assertEquals(
    md5Password("ada", "secret", Uint8Array.of(1, 2, 3, 4)),
    "md5164dbcd37c01a78e869e72965960a754",
  );
});
