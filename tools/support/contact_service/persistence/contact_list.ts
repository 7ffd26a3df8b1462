import { ListSql, type PageWindow } from "@archway/service_kit/list_sql.ts";
import type { ListRequest } from "@archway/service_kit/page.ts";
import { selectList } from "@archway/service_kit/select_list.ts";
import type { Contact } from "../domain/contact.ts";
import type { ContactFilter } from "../ports.ts";

/** Columns of a contact, as properties. */
export const CONTACT_COLUMNS = [
  "id",
  "name",
  "email",
  "age",
  "version",
  "createdAt",
  "updatedAt",
] as const satisfies readonly (keyof Contact)[];

const SELECTED = selectList<Contact>(CONTACT_COLUMNS);

/**
 * Number of rows that are scanned for a name along the list before the index of names is used: about where both cost
 * the same for a name that a million contacts share by one in 200.
 */
const NEAR = 4000;

/** The list of contacts. */
export class ContactList extends ListSql {
  /** The condition on the name, if nothing else narrows the list. */
  readonly #onlyName: string | undefined;

  constructor({ scope, filter: { namePrefix, email } }: Omit<ListRequest<ContactFilter>, "page">) {
    super({ columns: SELECTED, from: "contacts" });
    this.where("deleted_at is null").ownedBy(scope);
    const name = namePrefix === undefined ? undefined : nameCondition(this.bind(namePrefix));
    if (email !== undefined) this.where(emailCondition(this.bind(email)));
    // An address belongs to one contact, whose name is then checked last.
    if (email === undefined) this.#onlyName = name;
    else if (name !== undefined) this.where(name);
  }

  override rows(window: PageWindow): string {
    if (this.#onlyName === undefined) return super.rows(window);
    // No index has both the names and the order. Walking along the order finds a frequent name soon and a rare one
    // late or never, sorting everything of the name is the reverse, and no plan made in advance knows which it is.
    const { order, limit } = window;
    return `with near as materialized (
        select ${this.columns} from contacts${this.filter(window.key)} ${
      this.ordered({ order, limit: String(NEAR) })
    }
      ), found as materialized (
        select * from near where ${this.#onlyName} ${this.reordered(window)}
      ), too_few as materialized (
        select (select count(*) from found) < ${limit} and (select count(*) from near) = ${NEAR} as yes
      ), far as materialized (
        select ${this.columns} from contacts${
      this.filter(window.key, this.#onlyName)
    } and (select yes from too_few)
      )
      select * from found where not (select yes from too_few)
      union all select * from far ${this.reordered(window)}`;
  }

  override all(): ReturnType<ListSql["all"]> {
    if (this.#onlyName === undefined) return super.all();
    // Counting them reads them all, so that they need not be searched along the order again.
    const named = `select ${this.columns} from contacts${this.filter(this.#onlyName)}`;
    return { prelude: `with named as materialized (${named})`, columns: "*", source: "named" };
  }
}

/**
 * A range instead of LIKE: it needs no escaping, and the index serves it in a plan made before the value is known.
 * Its ends are computed once and not for every row.
 */
function nameCondition(placeholder: string): string {
  const prefix = `casefold(${placeholder}::text collate pg_unicode_fast) collate "C"`;
  const folded = `casefold(name collate pg_unicode_fast) collate "C"`;
  return `${folded} >= (select ${prefix})
        and ${folded} <= (select (${prefix} || repeat(U&'\\+10FFFF', 100)) collate "C")`;
}

function emailCondition(placeholder: string): string {
  const folded = `casefold(${placeholder}::text collate pg_unicode_fast)`;
  return `casefold(email collate pg_unicode_fast) = ${folded}`;
}
