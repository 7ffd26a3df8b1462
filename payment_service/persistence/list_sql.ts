import type { QueryParameter } from "@archway/db/db.ts";
import type { Pivot } from "@archway/service_kit/paging/keyset.ts";
import type { KeysetList, ListStretch } from "@archway/service_kit/paging/read_keyset_page.ts";
import type { Period } from "../ports.ts";

/** Gathers the parameters and conditions of a statement about a list that is in order of time, newest first. */
export abstract class ListSql implements KeysetList<Pivot> {
  readonly parameters: QueryParameter[] = [];
  readonly order = "desc";
  readonly key: readonly string[] = ["created_at", "id"];
  protected readonly conditions: string[] = [];

  bind(value: QueryParameter): string {
    return `$${this.parameters.push(value)}`;
  }

  bindPivot({ createdAt, id }: Pivot): string {
    return `(${this.bind(createdAt)}::timestamptz, ${this.bind(id)}::uuid)`;
  }

  abstract stretch(stretch: ListStretch): string;

  protected within({ from, to }: Period): void {
    if (from !== undefined) this.conditions.push(`created_at >= ${this.bind(from)}`);
    if (to !== undefined) this.conditions.push(`created_at < ${this.bind(to)}`);
  }

  /** The conditions with that of a stretch, from WHERE on. */
  protected where(...others: readonly (string | undefined)[]): string {
    const all = [...others.filter((other) => other !== undefined), ...this.conditions];
    return all.length === 0 ? "" : `where ${all.join(" and ")}`;
  }
}

/** The order and the end of a stretch. */
export function ordered({ order, limit }: ListStretch): string {
  return `order by created_at ${order}, id ${order} limit ${limit}`;
}
