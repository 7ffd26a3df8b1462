import { assert, assertEquals, assertRejects } from "@std/assert";
import { v7 as newId } from "uuid";
import type { Querier } from "@archway/db/db.ts";
import { DATABASES } from "@archway/tools/support/databases.ts";
import { PostgresContactRepository } from "@archway/tools/support/contact_service/persistence/contact_repository.ts";
import type { ListRequest, Page } from "./page.ts";
import type { ContactFilter } from "@archway/tools/support/contact_service/ports.ts";
import type { Contact } from "@archway/tools/support/contact_service/domain/contact.ts";
import { type AccessScope, UNRESTRICTED } from "./access_scope.ts";
import { DomainError } from "./domain_error.ts";

const NOW = "2026-11-22T07:41:00.123456Z";
const ADA: AccessScope = { kind: "owner", subject: "ada" };
const repository = new PostgresContactRepository();
const CHANGED = { name: "Changed", email: null, age: null };

function makeContact(fields: Partial<Contact> = {}): Contact {
  return {
    id: newId(),
    name: "Ada Lovelace",
    email: null,
    age: 36,
    version: 1n,
    createdAt: NOW,
    updatedAt: NOW,
    ...fields,
  };
}

async function insert(
  db: Querier,
  { owner = null, ...fields }: Partial<Contact & { readonly owner: string | null }> = {},
): Promise<Contact> {
  const contact = makeContact(fields);
  await repository.insert(db, { ...contact, owner });
  return contact;
}

/** Reads a page of the list, unrestricted and unfiltered by default. */
function list(
  db: Querier,
  { scope = UNRESTRICTED, filter = {}, page = { limit: 10 } }: Partial<ListRequest<ContactFilter>> = {},
): Promise<Page<Contact>> {
  return repository.list(db, { scope, filter, page });
}

async function names(
  db: Querier,
  { scope, ...filter }: ContactFilter & { readonly scope?: AccessScope },
): Promise<string[]> {
  const { items } = await list(db, { ...(scope && { scope }), filter, page: { limit: 100 } });
  return items.map(({ name }) => name).sort();
}

async function code(run: () => Promise<unknown>): Promise<string> {
  return (await assertRejects(run, DomainError)).code;
}

/** Behaviour of the repository on every database. Each case starts with an empty table. */
const CASES: Readonly<Record<string, (db: Querier) => Promise<void>>> = {
  "find() returns the contact that insert() stored": async (db) => {
    const contact = await insert(db, { name: "Žofie 🦉", email: "Zofie@Example.com" });
    assertEquals(await repository.find(db, { id: contact.id, scope: UNRESTRICTED }), contact);
    assertEquals(await repository.find(db, { id: newId(), scope: UNRESTRICTED }), undefined);
  },
  "update() increments the version and keeps the time of creation": async (db) => {
    const contact = await insert(db);
    const now = "2026-11-22T08:00:00.5Z";
    const change = {
      id: contact.id,
      scope: UNRESTRICTED,
      input: { name: "Ada King", email: "ada@example.com", age: null },
      condition: [1n],
      now,
    };
    const changed = await repository.update(db, change);
    assertEquals(changed, {
      ...contact,
      name: "Ada King",
      email: "ada@example.com",
      age: null,
      version: 2n,
      updatedAt: now,
    });
    assertEquals(await repository.find(db, { id: contact.id, scope: UNRESTRICTED }), changed);
  },
  "update() does nothing unless the condition includes the version": async (db) => {
    const contact = await insert(db);
    const change = { id: contact.id, scope: UNRESTRICTED, input: CHANGED, now: NOW };
    assertEquals(await repository.update(db, { ...change, condition: [2n, 7n] }), undefined);
    assertEquals(await repository.update(db, { ...change, condition: [] }), undefined);
    assertEquals(await repository.find(db, { id: contact.id, scope: UNRESTRICTED }), contact);
    assertEquals((await repository.update(db, { ...change, condition: [9n, 1n] }))?.version, 2n);
    assertEquals((await repository.update(db, { ...change, condition: "any" }))?.version, 3n);
  },
  "update() never decreases the time of change": async (db) => {
    const { id } = await insert(db);
    const now = "2020-01-01T00:00:00Z";
    const changed = await repository.update(db, {
      id,
      scope: UNRESTRICTED,
      input: CHANGED,
      condition: "any",
      now,
    });
    assertEquals(changed?.updatedAt, NOW);
  },
  "softDelete() hides the contact from all reads and writes": async (db) => {
    const { id } = await insert(db, { email: "ada@example.com" });
    assertEquals(
      await repository.softDelete(db, { id, scope: UNRESTRICTED, condition: [2n], now: NOW }),
      false,
    );
    assertEquals(
      await repository.softDelete(db, { id, scope: UNRESTRICTED, condition: "any", now: NOW }),
      true,
    );
    assertEquals(
      await repository.softDelete(db, { id, scope: UNRESTRICTED, condition: "any", now: NOW }),
      false,
    );
    assertEquals(await repository.find(db, { id: id, scope: UNRESTRICTED }), undefined);
    const change = {
      id,
      scope: UNRESTRICTED,
      input: CHANGED,
      condition: "any" as const,
      now: NOW,
    };
    assertEquals(await repository.update(db, change), undefined);
    assertEquals(await list(db), { items: [], hasNext: false, hasPrevious: false });
    assertEquals(await list(db, { page: { number: 1, limit: 10 } }), {
      items: [],
      hasNext: false,
      hasPrevious: false,
      totalItems: 0,
    });
  },
  "find() and lists return an owner's contacts only, and none without an owner": async (db) => {
    const mine = await insert(db, { name: "Mine", email: "mine@example.com", owner: "ada" });
    const others = await insert(db, { name: "Theirs", email: "theirs@example.com", owner: "bob" });
    const unowned = await insert(db, { name: "Unowned" });
    for (const contact of [mine, others, unowned]) {
      const { id } = contact;
      assertEquals(await repository.find(db, { id, scope: UNRESTRICTED }), contact);
      assertEquals(await repository.find(db, { id, scope: ADA }), contact === mine ? mine : undefined);
    }
    assertEquals(await names(db, { scope: ADA }), ["Mine"]);
    assertEquals(await names(db, {}), ["Mine", "Theirs", "Unowned"]);
    for (const scope of [{ kind: "owner", subject: "" }, { kind: "owner", subject: "ADA" }] as const) {
      assertEquals(await names(db, { scope }), []);
    }
    assertEquals(await names(db, { scope: ADA, email: "theirs@example.com" }), []);
    assertEquals(await names(db, { scope: ADA, email: "MINE@example.com" }), ["Mine"]);
    assertEquals(await names(db, { scope: ADA, namePrefix: "t" }), []);
    assertEquals(await names(db, { scope: ADA, namePrefix: "m" }), ["Mine"]);
    for (const filter of [{}, { namePrefix: "m" }]) {
      const page = await list(db, { scope: ADA, filter, page: { number: 1, limit: 10 } });
      assertEquals([page.totalItems, page.items], [1, [mine]]);
    }
    // hasNext and hasPrevious consider the rows in the access scope only.
    const position = { anchor: mine, direction: "after", inclusive: true } as const;
    assertEquals(await list(db, { scope: ADA, page: { limit: 10, position } }), {
      items: [mine],
      hasPrevious: false,
      hasNext: false,
    });
  },
  "update() and softDelete() do not affect contacts outside the access scope": async (db) => {
    const others = await insert(db, { owner: "bob" });
    const unowned = await insert(db);
    const change = { input: CHANGED, condition: "any", now: NOW } as const;
    for (const contact of [others, unowned]) {
      const { id } = contact;
      assertEquals(await repository.update(db, { ...change, id, scope: ADA }), undefined);
      assertEquals(await repository.softDelete(db, { id, scope: ADA, condition: "any", now: NOW }), false);
      assertEquals(await repository.find(db, { id, scope: UNRESTRICTED }), contact);
    }
    const bob = { kind: "owner", subject: "bob" } as const;
    const { id } = others;
    assertEquals((await repository.update(db, { ...change, id, scope: bob }))?.name, "Changed");
    assertEquals((await repository.update(db, { ...change, id, scope: UNRESTRICTED }))?.version, 3n);
    // A change in the scope of all resources does not change the owner.
    assertEquals(await repository.softDelete(db, { id, scope: bob, condition: [3n], now: NOW }), true);
  },
  "insert() rejects an e-mail address of an active contact, regardless of case": async (db) => {
    await insert(db, { email: "ada@example.com" });
    assertEquals(await code(() => insert(db, { email: "ADA@Example.COM" })), "email-taken");
  },
  "list() distinguishes microseconds": async (db) => {
    const ids: string[] = [];
    for (
      const createdAt of [
        "2026-01-01T00:00:00.000001Z",
        "2026-01-01T00:00:00.000002Z",
        "2026-01-01T00:00:00.000003Z",
      ]
    ) {
      ids.unshift((await insert(db, { createdAt })).id);
    }
    const first = await list(db, { page: { limit: 1 } });
    const [anchor] = first.items;
    assert(anchor);
    const position = { direction: "after", anchor, inclusive: false } as const;
    const rest = await list(db, { page: { limit: 5, position } });
    assertEquals([...first.items, ...rest.items].map(({ id }) => id), ids);
  },
  "list() by number counts everything and pages through it, newest first": async (db) => {
    const ids: string[] = [];
    for (let index = 0; index < 5; index++) ids.unshift((await insert(db)).id);
    const pages = await Promise.all(
      [1, 2, 3, 4].map((number) => list(db, { page: { number, limit: 2 } })),
    );
    assertEquals(pages.map(({ items }) => items.map(({ id }) => id)), [
      ids.slice(0, 2),
      ids.slice(2, 4),
      ids.slice(4),
      [],
    ]);
    assertEquals(pages.map(({ totalItems }) => totalItems), [5, 5, 5, 5]);
    assertEquals(pages.map(({ hasNext, hasPrevious }) => [hasNext, hasPrevious]), [
      [true, false],
      [true, true],
      [false, true],
      [false, true],
    ]);
    const far = await list(db, { page: { number: 2_147_483_647, limit: 200 } });
    assertEquals(far, { items: [], hasNext: false, hasPrevious: true, totalItems: 5 });
  },
};

for (const [name, open] of Object.entries(DATABASES)) {
  Deno.test(`VersionedTable and its list on ${name}`, async (t) => {
    await using database = await open();
    for (const [title, run] of Object.entries(CASES)) {
      await t.step(title, async () => {
        await database.pool.writer().query("delete from contacts");
        await run(database.pool.writer());
      });
    }
  });
}
