import { ListSql, type PageWindow } from "@archway/service_kit/list_sql.ts";
import type { ListRequest } from "@archway/service_kit/page.ts";
import { selectList } from "@archway/service_kit/select_list.ts";
import type { Profile } from "../domain/profile.ts";
import type { ProfileFilter } from "../ports.ts";

/** Properties of a profile that are columns of its table. */
export const PROFILE_COLUMNS = [
  "id",
  "name",
  "email",
  "age",
  "version",
  "createdAt",
  "updatedAt",
] as const satisfies readonly (keyof Profile)[];

const SELECTED = selectList<Profile>(PROFILE_COLUMNS);

/**
 * Number of rows scanned in list order before the name index is used. The break-even point for a name that one in
 * 200 of a million profiles has.
 */
const SCAN_LIMIT = 4000;

/** SQL of the list of profiles. */
export class ProfileList extends ListSql {
  /** Condition on the name, unless another filter is more selective. */
  readonly #onlyName: string | undefined;

  constructor({ scope, filter: { namePrefix, email } }: Omit<ListRequest<ProfileFilter>, "page">) {
    super({ columns: SELECTED, from: "profiles" });
    this.where("deleted_at is null").ownedBy(scope);
    const name = namePrefix === undefined ? undefined : nameCondition(this.bind(namePrefix));
    if (email !== undefined) this.where(emailCondition(this.bind(email)));
    // At most one profile has the address, so its name is checked last.
    if (email === undefined) this.#onlyName = name;
    else if (name !== undefined) this.where(name);
  }

  override rows(window: PageWindow): string {
    if (this.#onlyName === undefined) return super.rows(window);
    // No index provides both the name and the order. Scanning in list order is fast for frequent names, sorting all
    // matches for rare ones. A generic plan cannot choose, so the sort follows only if a limited scan finds too few.
    const { order, limit } = window;
    return `with scanned as materialized (
        select ${this.columns} from profiles${this.filter(window.key)} ${
      this.ordered({ order, limit: String(SCAN_LIMIT) })
    }
      ), found as materialized (
        select * from scanned where ${this.#onlyName} ${this.reordered(window)}
      ), too_few as materialized (
        select (select count(*) from found) < ${limit} and (select count(*) from scanned) = ${SCAN_LIMIT} as yes
      ), indexed as materialized (
        select ${this.columns} from profiles${
      this.filter(window.key, this.#onlyName)
    } and (select yes from too_few)
      )
      select * from found where not (select yes from too_few)
      union all select * from indexed ${this.reordered(window)}`;
  }

  override all(): ReturnType<ListSql["all"]> {
    if (this.#onlyName === undefined) return super.all();
    // Counting reads all matches anyway, so the page is taken from them.
    const named = `select ${this.columns} from profiles${this.filter(this.#onlyName)}`;
    return { prelude: `with named as materialized (${named})`, columns: "*", source: "named" };
  }
}

/**
 * Condition on the beginning of the name. A range instead of LIKE needs no escaping, and a generic plan can use the
 * index. Subqueries compute its bounds once, not for every row.
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
