import type { Querier, QueryOptions, QueryParameter } from "@archway/db/db.ts";
import type { AccessScope } from "./access_scope.ts";

/** A read or a change of personal data. */
export interface AuditEntry {
  /** Subject of the caller, a person or a service; null if authentication is off, or for the program itself. */
  readonly actor: string | null;
  readonly action: "read" | "create" | "update" | "delete" | "export" | "erase";
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
   * it returns no row.
   *
   * @param statement INSERT, UPDATE or DELETE with RETURNING; the same text for each change of a kind.
   */
  recording(statement: StatementOf, entry: AuditEntry): StatementOf;
  /** Records changes in their transaction, in one statement that is sent before it returns; `last` if nothing follows. */
  changed(tx: Querier, entries: readonly AuditEntry[], options?: Pick<QueryOptions, "last">): Promise<void>;
  /** Records a read, within seconds and together with others of the caller; nothing if reads are not recorded. */
  read(entry: Omit<AuditEntry, "action">): void;
}

/** Returns the caller behind an access scope. */
export function actorOf(scope: AccessScope): string | null {
  return scope.kind === "owner" ? scope.subject : scope.actor ?? null;
}
