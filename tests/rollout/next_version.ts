import { join } from "node:path";
import { type CheckoutCopy, checkoutCopy } from "@archway/tools/support/checkout_copy.ts";

const SERVICE = "tools/support/contact_service";

/**
 * Changes of the code by file: the column `name` is called `display_name`, and the API does not change. The command `fill`
 * still uses the old name, as it does not run.
 */
const CHANGES: Readonly<Record<string, readonly (readonly [from: string, to: string])[]>> = {
  "domain/contact.ts": [
    ["readonly name: string", "readonly displayName: string"],
    ['"name" |', '"displayName" |'],
    ["input.name.", "input.displayName."],
    ["return { name,", "return { displayName: name,"],
  ],
  "http/contact_dto.ts": [
    ["contactToJson({ id, name,", "contactToJson({ id, displayName: name,"],
    ["return { name,", "return { displayName: name,"],
  ],
  "persistence/contact_list.ts": [
    ['  "name",', '  "displayName",'],
    ["casefold(name collate", "casefold(display_name collate"],
    // A column has another name in the statement that scans in list order first.
    ["if (email === undefined) this.#onlyName = name;\n    else if", "if"],
  ],
  "persistence/contact_repository.ts": [['input: ["name"', 'input: ["displayName"']],
};

/** Migrations that the old version goes on with. */
const EXPAND: Readonly<Record<string, string>> = {
  "20270101000000_add_display_name.sql": `-- migrate:up
set local lock_timeout = '2s';
alter table contacts add column display_name text;
-- Each version writes the column that it knows, and the other one follows.
create function contacts_display_name() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    new.display_name := coalesce(new.display_name, new.name);
    new.name := new.display_name;
  elsif new.display_name is distinct from old.display_name then
    new.name := new.display_name;
  else
    new.display_name := new.name;
  end if;
  return new;
end $$;
create trigger contacts_display_name before insert or update on contacts
  for each row execute function contacts_display_name();

-- migrate:down
set local lock_timeout = '2s';
drop trigger contacts_display_name on contacts;
drop function contacts_display_name;
alter table contacts drop column display_name;
`,
  "20270101000001_fill_display_name.sql": `-- migrate:up transaction:false
do $$
declare
  last uuid := '00000000-0000-0000-0000-000000000000';
begin
  loop
    with batch as (
      select id from contacts where id > last order by id limit 1000
    ), filled as (
      update contacts set display_name = name
      from batch where contacts.id = batch.id and display_name is null
    )
    select id into last from batch order by id desc limit 1;
    exit when not found;
    commit;
  end loop;
end $$;

-- migrate:down
select 1;
`,
};

/** Migration that the old version does not go on with. */
const CONTRACT: Readonly<Record<string, string>> = {
  "20270102000000_drop_name.sql": `-- migrate:up
set local lock_timeout = '2s';
drop trigger contacts_display_name on contacts;
-- lint:allow drop-object: its trigger is dropped above
drop function contacts_display_name;
-- lint:allow drop-column: no version uses it
alter table contacts drop column name;

-- migrate:down
alter table contacts add column name text;
update contacts set name = display_name;
`,
};

/** Options of {@link nextVersion}. */
export interface NextVersionOptions {
  /**
   * Whether it is the release after that, which only has one migration more.
   *
   * @default {false}
   */
  readonly contracts?: boolean;
}

/** Creates a checkout with the next version of the fixture program, which has migrations and code of its own. */
export async function nextVersion({ contracts = false }: NextVersionOptions = {}): Promise<CheckoutCopy> {
  const copy = await checkoutCopy([SERVICE]);
  for (const [file, changes] of Object.entries(CHANGES)) {
    const path = join(copy.path, SERVICE, file);
    let text = await Deno.readTextFile(path);
    for (const [from, to] of changes) {
      if (!text.includes(from)) throw new Error(`${file} does not include ${from}`);
      text = text.replace(from, to);
    }
    await Deno.writeTextFile(path, text);
  }
  for (const [file, text] of Object.entries({ ...EXPAND, ...contracts && CONTRACT })) {
    await Deno.writeTextFile(join(copy.path, SERVICE, "migrations", file), text);
  }
  return copy;
}
