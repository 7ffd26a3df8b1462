import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import type { ConnectionPool, Querier } from "@archway/db/db.ts";
import type { EventData, NewEvent, PersonalFields } from "@archway/service_kit/event_catalog.ts";
import { serviceDatabases } from "@archway/tools/support/service_databases.ts";
import { privacyModule } from "../module.ts";
import { EventCipher } from "./event_cipher.ts";
import { SubjectKeys } from "./subject_keys.ts";

const [OLD, NEW] = [
  "an old secret of more than 32 bytes for tests",
  "a new secret of more than 32 bytes for tests",
];
const NOW = "2026-03-01T00:00:00Z";

/** A letter concerns its sender and recipient, and can have a number, by which others find it. Its stamp is the sender's. */
function fieldsOf({ data }: NewEvent): readonly PersonalFields[] {
  const { from, to, number } = data;
  const document = typeof number === "string" ? [`letter-${number}`] : [];
  const subjects = [String(from), String(to), ...document];
  return [{ fields: ["text", "place"], subjects, created: document[0] }, {
    fields: ["stamp"],
    subjects: [String(from)],
  }];
}

function letter(data: EventData): NewEvent {
  return { type: "letter.sent", schemaVersion: 1, data: { from: "ada", to: "bob", pages: "2", ...data } };
}

function cipherOf(...secrets: readonly [string, ...string[]]): EventCipher {
  return new EventCipher(new SubjectKeys(secrets));
}

async function encrypt(pool: ConnectionPool, data: EventData, cipher = cipherOf(OLD)): Promise<EventData> {
  const [event] = await pool.withTx((tx) => cipher.encrypt(tx, [letter(data)], fieldsOf));
  return event?.data ?? {};
}

async function decrypt(pool: ConnectionPool, data: EventData, cipher = cipherOf(OLD)): Promise<EventData> {
  return (await cipher.decrypt(pool.writer(), [data]))[0] ?? {};
}

const CASES: Readonly<Record<string, (pool: ConnectionPool) => Promise<void>>> = {
  "encrypts the fields alone, differently each time": async (pool) => {
    const [one, other] = [await encrypt(pool, { text: "Hello" }), await encrypt(pool, { text: "Hello" })];
    const { $personal, ...rest } = one;
    assertEquals(rest, { from: "ada", to: "bob", pages: "2", text: null });
    assertNotEquals(Object($personal)[0].text, Object(other["$personal"])[0].text);
    assertEquals(await decrypt(pool, one), { from: "ada", to: "bob", pages: "2", text: "Hello" });
  },
  "leaves events without values of these fields as they are, without a statement": async (pool) => {
    const event = letter({ text: null });
    const refusing = { query: () => Promise.reject(new Error("No statement is needed")) };
    assertEquals(await cipherOf(OLD).encrypt(refusing, [event], fieldsOf), [event]);
    assertEquals(await cipherOf(OLD).decrypt(refusing, [event.data]), [event.data]);
    assertEquals((await pool.writer().query("select from subject_keys")).rowCount, 0);
  },
  "cannot decrypt once the key of either person is destroyed, and drops later fields": async (pool) => {
    const sent = await encrypt(pool, { text: "Hello" });
    const unrelated = await encrypt(pool, { text: "Hello", to: "cora" });
    await pool.withTx((tx) => SubjectKeys.destroy(tx, ["bob"], NOW));
    assertEquals(await decrypt(pool, sent), { from: "ada", to: "bob", pages: "2", text: null });
    assertEquals((await decrypt(pool, unrelated))["text"], "Hello");
    assertEquals(await encrypt(pool, { text: "Again" }), { from: "ada", to: "bob", pages: "2", text: null });
  },
  "destroys the key of a person who has none yet": async (pool) => {
    await pool.withTx((tx) => SubjectKeys.destroy(tx, ["bob"], NOW));
    assertEquals((await encrypt(pool, { text: "Hello" }))["text"], null);
    assertEquals((await encrypt(pool, { text: "Hello" }))["$personal"], undefined);
  },
  "encrypts fields of other persons apart": async (pool) => {
    const sent = await encrypt(pool, { text: "Hello", stamp: "blue" });
    assertEquals([sent["text"], sent["stamp"]], [null, null]);
    assertEquals((await decrypt(pool, sent))["stamp"], "blue");
    await pool.withTx((tx) => SubjectKeys.destroy(tx, ["bob"], NOW));
    const { text, stamp } = await decrypt(pool, sent);
    assertEquals([text, stamp], [null, "blue"]);
  },
  "encrypts a document with a key of its own, in one statement": async (pool) => {
    const sent = await encrypt(pool, { text: "Hello" });
    const texts: string[] = [];
    const numbered = await pool.withTx(async (tx) => {
      const counted: Querier = {
        query: (text, ...rest) => {
          texts.push(text);
          return tx.query(text, ...rest);
        },
      };
      return await cipherOf(OLD).encrypt(counted, [letter({ text: "Hello", number: "7" })], fieldsOf);
    });
    assertEquals(texts.length, 1);
    const data = numbered[0]?.data ?? {};
    assertEquals((await decrypt(pool, data))["text"], "Hello");
    assertEquals((await decrypt(pool, await encrypt(pool, { text: "Again", number: "7" })))["text"], "Again");
    await pool.withTx((tx) => SubjectKeys.destroy(tx, ["letter-7", "letter-8"], NOW));
    assertEquals((await decrypt(pool, data))["text"], null);
    assertEquals((await decrypt(pool, sent))["text"], "Hello");
    for (const number of ["7", "8"]) {
      assertEquals((await encrypt(pool, { text: "Late", number }))["$personal"], undefined);
    }
  },
  "encrypts fields beside those that are encrypted already": async (pool) => {
    const { $personal, ...sent } = await encrypt(pool, { text: "Hello" });
    // The form of a single envelope is read, too.
    const [envelope] = Object($personal);
    const both = await encrypt(pool, { ...sent, $personal: envelope, stamp: "blue" });
    const { text, stamp } = await decrypt(pool, both);
    assertEquals([text, stamp], ["Hello", "blue"]);
  },
  "refuses a text that was changed, or moved to other persons": async (pool) => {
    const data = await encrypt(pool, { text: "Hello" });
    const [envelope] = Object(data["$personal"]);
    const changed = {
      ...envelope,
      text: envelope.text.replace(/.$/, (last: string) => last === "A" ? "B" : "A"),
    };
    const moved = { ...envelope, subjects: ["ada", "cora"] };
    await encrypt(pool, { text: "Hello", to: "cora" });
    for (const wrong of [changed, moved, { ...envelope, version: 2 }]) {
      await assertRejects(() => decrypt(pool, { ...data, $personal: wrong }));
    }
  },
  "wraps keys again after a rotation of the secret": async (pool) => {
    const data = await encrypt(pool, { text: "Hello" });
    await assertRejects(() => decrypt(pool, data, cipherOf(NEW)), Error, "HMAC_SECRET");
    assertEquals((await decrypt(pool, data, cipherOf(NEW, OLD)))["text"], "Hello");
    await pool.withTx((tx) => SubjectKeys.destroy(tx, ["cora"], NOW));
    const rewrap = (): Promise<unknown> => pool.withTx((tx) => new SubjectKeys([NEW, OLD]).rewrap(tx));
    assertEquals(await rewrap(), { count: 2, isLast: true });
    assertEquals(await rewrap(), { count: 0, isLast: true });
    assertEquals((await decrypt(pool, data, cipherOf(NEW)))["text"], "Hello");
  },
  "creates one key for a person by concurrent transactions": async (pool) => {
    const sent = await Promise.all(
      Array.from({ length: 8 }, (_, index) => encrypt(pool, { text: `${index}` })),
    );
    const texts = await Promise.all(sent.map((data) => decrypt(pool, data)));
    assertEquals(texts.map(({ text }) => text), ["0", "1", "2", "3", "4", "5", "6", "7"]);
    assert((await pool.writer().query("select from subject_keys")).rowCount === 2);
  },
};

for (const [name, open] of Object.entries(serviceDatabases(privacyModule))) {
  Deno.test(`EventCipher on ${name}`, async (t) => {
    await using database = await open();
    for (const [title, run] of Object.entries(CASES)) {
      await t.step(title, async () => {
        await database.pool.writer().query("delete from subject_keys");
        await run(database.pool);
      });
    }
  });
}
