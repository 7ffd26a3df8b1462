import type { Querier, QueryOptions, QueryParameter } from "@archway/db/db.ts";
import type { AccessScope } from "./access_scope.ts";

/** A read or a change of personal data, or that it was sent to someone. */
export interface AuditEntry {
  /** Subject of the caller, a person or a service; null if authentication is off, or for the program itself. */
  readonly actor: string | null;
  readonly action: "read" | "send" | "create" | "update" | "delete" | "export" | "erase";
  /** Kind of resource, such as "profile". */
  readonly resource: string;
  /** Ids of the resources, without commas. */
  readonly ids: readonly string[];
}

/** A statement and its parameters. */
export type StatementOf = readonly [text: string, parameters: readonly QueryParameter[]];

/** Records who read or changed personal data. */
export interface AuditTrail {
  /**
   * Returns a statement that makes a change and records it, so that the change needs no transaction. Nothing is recorded if
   * it returns no row, nor that something was sent if reads are not recorded.
   *
   * @param statement INSERT, UPDATE or DELETE with RETURNING; the same text for each change of a kind.
   */
  recording(statement: StatementOf, entry: AuditEntry): StatementOf;
  /** Records changes in their transaction, in one statement that is sent before it returns; `last` if nothing follows. */
  changed(tx: Querier, entries: readonly AuditEntry[], options?: Pick<QueryOptions, "last">): Promise<void>;
  /** Records a read, within seconds and together with others of the caller; nothing if reads are not recorded. */
  read(entry: Omit<AuditEntry, "action">): void;
}

/** Ids in the log are joined by commas; longer texts are no ids. */
const ID = /^[^,\s]{1,100}$/;

/**
 * Returns the ids that published data mentions, so that it can be recorded: its members `id` and those named like `payerId`,
 * or those of the items of a list.
 */
export function mentionedIds(data: unknown): readonly string[] {
  if (Array.isArray(data)) return [...new Set(data.flatMap(mentionedIds))];
  if (typeof data !== "object" || data === null) return [];
  const ids = Object.entries(data).flatMap(([name, value]) =>
    (name === "id" || name.endsWith("Id")) && typeof value === "string" && ID.test(value) ? [value] : []
  );
  return [...new Set(ids)];
}

/** Returns the caller behind an access scope. */
export function actorOf(scope: AccessScope): string | null {
  return scope.kind === "owner" ? scope.subject : scope.actor ?? null;
}
