import { assert, assertEquals, assertRejects } from "@std/assert";
import { v7 as newId } from "uuid";
import type { Querier } from "@archway/db/db.ts";
import { PROFILE_DATABASES } from "../testing/profile_databases.ts";
import { PostgresProfileRepository } from "./profile_repository.ts";
import type { ListRequest, Page, PagePosition } from "@archway/service_kit/page.ts";
import type { ProfileFilter } from "../ports.ts";
import type { Profile } from "../domain/profile.ts";
import { type AccessScope, UNRESTRICTED } from "@archway/service_kit/access_scope.ts";
import { DomainError } from "@archway/service_kit/domain_error.ts";

const NOW = "2026-11-22T07:41:00.123456Z";
const ADA: AccessScope = { kind: "owner", subject: "ada" };
const repository = new PostgresProfileRepository();

function makeProfile(fields: Partial<Profile> = {}): Profile {
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
  { owner = null, ...fields }: Partial<Profile & { readonly owner: string | null }> = {},
): Promise<Profile> {
  const profile = makeProfile(fields);
  await repository.insert(db, { ...profile, owner });
  return profile;
}

/** Returns a page of the list; unrestricted by default. */
function list(
  db: Querier,
  { scope = UNRESTRICTED, filter = {}, page = { limit: 10 } }: Partial<ListRequest<ProfileFilter>> = {},
): Promise<Page<Profile>> {
  return repository.list(db, { scope, filter, page });
}

async function names(
  db: Querier,
  { scope, ...filter }: ProfileFilter & { readonly scope?: AccessScope },
): Promise<string[]> {
  const { items } = await list(db, { ...(scope && { scope }), filter, page: { limit: 100 } });
  return items.map(({ name }) => name).sort();
}

interface Walk {
  readonly limit: number;
  readonly direction: "after" | "before";
  /** Whether each page starts with the last row of the previous one. */
  readonly inclusive: boolean;
}

/** Returns all names in the order of the list, read page by page. Checks `hasPrevious` and `hasNext` of every page. */
async function walk(db: Querier, { limit, direction, inclusive }: Walk): Promise<string[]> {
  // Starts beyond either end of the list, with an anchor that belongs to no row.
  const year = direction === "after" ? "2100" : "1970";
  let position: PagePosition = {
    direction,
    anchor: { createdAt: `${year}-01-01T00:00:00Z`, id: newId() },
    inclusive,
  };
  const found: string[] = [];
  while (true) {
    const { items, hasNext, hasPrevious } = await list(db, {
      filter: { namePrefix: "zoë" },
      page: { limit, position },
    });
    const fresh = items.map(({ name }) => name).filter((name) => !found.includes(name));
    if (direction === "after") found.push(...fresh);
    else found.unshift(...fresh);
    // The anchor's row precedes the page unless it is on it.
    assertEquals(direction === "after" ? hasPrevious : hasNext, found.length > items.length);
    const last = direction === "after" ? items.at(-1) : items[0];
    if (!(direction === "after" ? hasNext : hasPrevious) || last === undefined) return found;
    // A page of one that includes its anchor would repeat forever.
    position = { direction, anchor: last, inclusive: inclusive && limit > 1 };
  }
}

async function code(run: () => Promise<unknown>): Promise<string> {
  return (await assertRejects(run, DomainError)).code;
}

/** Contract of the repository on every database. Each case starts with an empty table. */
const CASES: Readonly<Record<string, (db: Querier) => Promise<void>>> = {
  "find() returns the inserted profile": async (db) => {
    const profile = await insert(db, { name: "Žofie 🦉", email: "Zofie@Example.com" });
    assertEquals(await repository.find(db, { id: profile.id, scope: UNRESTRICTED }), profile);
    assertEquals(await repository.find(db, { id: newId(), scope: UNRESTRICTED }), undefined);
  },
  "insert() rejects an e-mail address in use, regardless of case": async (db) => {
    await insert(db, { email: "ada@example.com" });
    assertEquals(await code(() => insert(db, { email: "ADA@Example.COM" })), "email-taken");
  },
  "insert() accepts the e-mail address of a deleted profile": async (db) => {
    const { id } = await insert(db, { email: "ada@example.com" });
    assert(await repository.softDelete(db, { id, scope: UNRESTRICTED, condition: [1n], now: NOW }));
    await insert(db, { email: "ada@example.com" });
  },
  "update() rejects an e-mail address in use": async (db) => {
    await insert(db, { email: "ada@example.com" });
    const { id } = await insert(db);
    const change = {
      id,
      scope: UNRESTRICTED,
      input: { name: "Ada", email: "Ada@example.com", age: null },
      condition: "any" as const,
      now: NOW,
    };
    assertEquals(await code(() => repository.update(db, change)), "email-taken");
  },
  "find() and list() show an owner only their own profiles": async (db) => {
    const mine = await insert(db, { name: "Mine", email: "mine@example.com", owner: "ada" });
    const others = await insert(db, { name: "Theirs", email: "theirs@example.com", owner: "bob" });
    const unowned = await insert(db, { name: "Unowned" });
    for (const profile of [mine, others, unowned]) {
      const { id } = profile;
      assertEquals(await repository.find(db, { id, scope: UNRESTRICTED }), profile);
      assertEquals(await repository.find(db, { id, scope: ADA }), profile === mine ? mine : undefined);
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
    // hasPrevious and hasNext consider only the owner's rows.
    const position = { anchor: mine, direction: "after", inclusive: true } as const;
    assertEquals(await list(db, { scope: ADA, page: { limit: 10, position } }), {
      items: [mine],
      hasPrevious: false,
      hasNext: false,
    });
  },
  "insert() rejects the e-mail address of another owner's profile": async (db) => {
    await insert(db, { email: "ada@example.com", owner: "bob" });
    assertEquals(await code(() => insert(db, { email: "ADA@example.com", owner: "ada" })), "email-taken");
  },
  "list() matches name prefixes regardless of case, in any script": async (db) => {
    for (
      const name of ["Straße", "STRASSE 7", "strata", "Ärger", "ärmel", "100% sure", "100 percent", "Ωμέγα"]
    ) {
      await insert(db, { name });
    }
    assertEquals(await names(db, { namePrefix: "STRASS" }), ["STRASSE 7", "Straße"]);
    assertEquals(await names(db, { namePrefix: "ÄR" }), ["Ärger", "ärmel"]);
    assertEquals(await names(db, { namePrefix: "ωΜΈ" }), ["Ωμέγα"]);
    assertEquals(await names(db, { namePrefix: "100%" }), ["100% sure"]);
    assertEquals(await names(db, { namePrefix: "_" }), []);
  },
  "list() matches an e-mail address regardless of case": async (db) => {
    await insert(db, { name: "Ada", email: "Ada@Example.com" });
    await insert(db, { name: "Bob", email: "bob@example.com" });
    await insert(db, { name: "Carol" });
    assertEquals(await names(db, { email: "ADA@example.COM" }), ["Ada"]);
    assertEquals(await names(db, { email: "ada@example" }), []);
    assertEquals(await names(db, { email: "ada@example.com", namePrefix: "B" }), []);
  },
  "list() pages through a rare name in both directions": async (db) => {
    // Far more rows than the scan limit, with matches at the end, in the middle and at the start of the list.
    await db.query(`insert into profiles (id, name, created_at, updated_at)
      select gen_random_uuid(), case when number <= 5 or number = 6000 or number >= 11999 then 'Zoë ' else 'X ' end || number,
        time, time
      from generate_series(1, 12000) as number,
        lateral (select timestamptz '2025-01-01Z' + number * interval '1 second') as created (time)`);
    const expected = [12000, 11999, 6000, 5, 4, 3, 2, 1].map((number) => `Zoë ${number}`);
    for (const limit of [1, 3, 4, 8, 9]) {
      for (const inclusive of [false, true]) {
        assertEquals(await walk(db, { limit, inclusive, direction: "after" }), expected, `after, ${limit}`);
        assertEquals(await walk(db, { limit, inclusive, direction: "before" }), expected, `before, ${limit}`);
      }
    }
  },
};

for (const [name, open] of Object.entries(PROFILE_DATABASES)) {
  Deno.test(`PostgresProfileRepository on ${name}`, async (t) => {
    await using database = await open();
    for (const [title, run] of Object.entries(CASES)) {
      await t.step(title, async () => {
        await database.pool.writer().query("delete from profiles");
        await run(database.pool.writer());
      });
    }
  });
}
