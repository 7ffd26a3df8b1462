import type { QueryParameter } from "@archway/db/db.ts";
import type { Pivot } from "@archway/service_kit/paging/keyset.ts";
import type { KeysetList, ListStretch } from "@archway/service_kit/paging/read_keyset_page.ts";
import type { ProfileFilter } from "./ports.ts";
import { PROFILE_COLUMNS } from "./profile_row.ts";

/**
 * How many rows of the list are looked through for names before the index of names is asked: about where both ways
 * cost the same for a name that a million profiles share by one in 200.
 */
const NEAR = 4000;

const LIVING = `select ${PROFILE_COLUMNS} from profiles where`;

/** Writes the parts of a statement about the profiles that a filter leaves, and gathers its parameters. */
export class ProfileListSql implements KeysetList<Pivot> {
  readonly order = "desc";
  readonly key = ["created_at", "id"];
  readonly parameters: QueryParameter[] = [];
  readonly #conditions: string[] = ["deleted_at is null"];
  /** The condition on the name, where nothing else narrows the list. */
  readonly #onlyName: string | undefined;

  constructor({ viewer, namePrefix, email }: ProfileFilter) {
    if (viewer.kind === "owner") this.#conditions.push(`owner = ${this.bind(viewer.subject)}`);
    const name = namePrefix === undefined ? undefined : nameCondition(this.bind(namePrefix));
    if (email !== undefined) this.#conditions.push(emailCondition(this.bind(email)));
    // An address belongs to one profile, whose name is then the last thing to look at.
    if (email === undefined) this.#onlyName = name;
    else if (name !== undefined) this.#conditions.push(name);
  }

  /** Binds a value and gives its placeholder. */
  bind(value: QueryParameter): string {
    return `$${this.parameters.push(value)}`;
  }

  bindPivot({ createdAt, id }: Pivot): string {
    return `(${this.bind(createdAt)}::timestamptz, ${this.bind(id)}::uuid)`;
  }

  /** A query for a stretch of the list. */
  stretch({ key, order, limit }: ListStretch): string {
    const ordered = (most: string): string => `order by created_at ${order}, id ${order} limit ${most}`;
    const conditions = key === undefined ? this.#conditions : [...this.#conditions, key];
    if (this.#onlyName === undefined) return `${LIVING} ${conditions.join(" and ")} ${ordered(limit)}`;
    // No index has both the names and the order. To walk along the order finds a frequent name soon and a rare one
    // late or never, to sort all that have the name is the other way round, and no plan made before knows which it is.
    return `with near as materialized (
        ${LIVING} ${conditions.join(" and ")} ${ordered(String(NEAR))}
      ), found as materialized (
        select * from near where ${this.#onlyName} ${ordered(limit)}
      ), too_few as materialized (
        select (select count(*) from found) < ${limit} and (select count(*) from near) = ${NEAR} as yes
      ), far as materialized (
        ${LIVING} ${[...conditions, this.#onlyName].join(" and ")} and (select yes from too_few)
      )
      select * from found where not (select yes from too_few) union all select * from far ${ordered(limit)}`;
  }

  /** All of them: what a statement begins with, and what then follows its FROM. */
  get everything(): { readonly prelude: string; readonly from: string } {
    const where = this.#conditions.join(" and ");
    if (this.#onlyName === undefined) return { prelude: "", from: `profiles where ${where}` };
    // Whoever counts them has them all, and need not look for them along the order again.
    const named = `${LIVING} ${where} and ${this.#onlyName}`;
    return { prelude: `with named as materialized (${named})`, from: "named" };
  }
}

/**
 * A range instead of LIKE: it needs no escaping, and the index serves it in a plan made before the value is known.
 * Its ends are made once and not for every row.
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
