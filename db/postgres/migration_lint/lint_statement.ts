import type { DefElem, DropStmt, Node, RangeVar } from "@pgsql/types";
import { lintTableChange, type Reported } from "./lint_table_change.ts";
import { joinedName, nameOf, type SchemaHistory } from "./schema_history.ts";

/** Surroundings of a statement. */
export interface StatementPlace {
  readonly history: SchemaHistory;
  /** Whether it runs in a transaction, as several statements of one message do. */
  readonly inTransaction: boolean;
}

/** Kinds of objects that are renamed without effect on statements. */
const UNUSED_NAMES: ReadonlySet<string | undefined> = new Set([
  "OBJECT_INDEX",
  "OBJECT_TABCONSTRAINT",
  "OBJECT_DOMCONSTRAINT",
  "OBJECT_TRIGGER",
  "OBJECT_POLICY",
  "OBJECT_RULE",
]);

/** Kinds of objects that are dropped without effect on statements. */
const UNUSED_OBJECTS: ReadonlySet<string | undefined> = new Set([
  "OBJECT_TRIGGER",
  "OBJECT_POLICY",
  "OBJECT_RULE",
  "OBJECT_STATISTIC_EXT",
]);

/** Modes of LOCK TABLE from SHARE on block writes (lockdefs.h). */
const SHARE = 5;

/** Reports what a statement does to the running version of the service, and records what it creates. */
export function* lintStatement(node: Node, place: StatementPlace): Generator<Reported> {
  const { history } = place;
  if ("AlterTableStmt" in node) yield* lintTableChange(node.AlterTableStmt, history);
  else if ("CreateStmt" in node) history.create(node.CreateStmt.relation);
  else if ("CreateTableAsStmt" in node) history.create(node.CreateTableAsStmt.into?.rel);
  else if ("IndexStmt" in node) {
    const { relation, concurrent, idxname } = node.IndexStmt;
    // Without its partitions, an index takes no time.
    if (!history.isNew(relation) && relation?.inh) {
      yield* concurrency({ concurrent, object: `${nameOf(relation)}: ${idxname ?? "index"}`, place });
    }
  } else if ("ReindexStmt" in node) {
    const { params, relation, name } = node.ReindexStmt;
    const concurrent = hasOption(params, "concurrently");
    yield* concurrency({ concurrent, object: relation === undefined ? name ?? "" : nameOf(relation), place });
  } else if ("RefreshMatViewStmt" in node) {
    const { relation, concurrent } = node.RefreshMatViewStmt;
    if (!concurrent && !history.isNew(relation)) yield ["lock", nameOf(relation)];
  } else if ("DropStmt" in node) yield* lintDrop(node.DropStmt, place);
  else yield* lintNames(node, history);
}

/** Reports what ends or changes names, and what locks rows or tables. */
function* lintNames(node: Node, history: SchemaHistory): Generator<Reported> {
  if ("RenameStmt" in node) {
    const { renameType, relation, subname, object } = node.RenameStmt;
    if (!history.isNew(relation) && !UNUSED_NAMES.has(renameType)) {
      const parts = [relation && nameOf(relation), subname, object && nameIn(object)];
      yield ["rename", parts.filter((part) => part).join(".")];
    }
  } else if ("AlterObjectSchemaStmt" in node) {
    const { relation, object } = node.AlterObjectSchemaStmt;
    if (!history.isNew(relation)) {
      yield ["rename", relation ? nameOf(relation) : object ? nameIn(object) : ""];
    }
  } else if ("AlterEnumStmt" in node) {
    const { typeName, oldVal } = node.AlterEnumStmt;
    if (oldVal !== undefined) yield ["rename", `${joinedName(typeName)}: '${oldVal}'`];
  } else if ("AlterDomainStmt" in node) {
    const { typeName, subtype, def } = node.AlterDomainStmt;
    const isValid = subtype === "C" && def !== undefined && "Constraint" in def &&
      !def.Constraint.skip_validation;
    if (isValid || subtype === "O") yield ["validated-constraint", joinedName(typeName)];
  } else if ("ClusterStmt" in node) {
    yield ["rewrite", nameOf(node.ClusterStmt.relation)];
  } else if ("VacuumStmt" in node) {
    const { options, rels } = node.VacuumStmt;
    const [first] = (rels ?? []).flatMap((rel) =>
      "VacuumRelation" in rel ? [rel.VacuumRelation.relation] : []
    );
    if (hasOption(options, "full")) yield ["rewrite", first === undefined ? "all tables" : nameOf(first)];
  } else yield* lintRows(node, history);
}

function* lintRows(node: Node, history: SchemaHistory): Generator<Reported> {
  if ("LockStmt" in node) {
    const { relations, mode = 0 } = node.LockStmt;
    for (const table of existing(relations, history)) if (mode >= SHARE) yield ["lock", nameOf(table)];
  } else if ("TruncateStmt" in node) {
    for (const table of existing(node.TruncateStmt.relations, history)) {
      yield ["drop-object", `rows of ${nameOf(table)}`];
    }
  } else if ("UpdateStmt" in node || "DeleteStmt" in node) {
    const { relation, whereClause } = "UpdateStmt" in node ? node.UpdateStmt : node.DeleteStmt;
    if (history.isNew(relation)) return;
    if (history.wasChanged(relation)) yield ["rows-under-lock", nameOf(relation)];
    else if (whereClause === undefined) yield ["all-rows", nameOf(relation)];
  } else if ("InsertStmt" in node) {
    const { relation, selectStmt } = node.InsertStmt;
    const isQuery = selectStmt !== undefined && "SelectStmt" in selectStmt &&
      selectStmt.SelectStmt.valuesLists === undefined;
    if (isQuery && !history.isNew(relation) && history.wasChanged(relation)) {
      yield ["rows-under-lock", nameOf(relation)];
    }
  }
}

function* lintDrop(
  { objects, removeType, concurrent }: DropStmt,
  place: StatementPlace,
): Generator<Reported> {
  const names = (objects ?? []).map(nameIn);
  for (const object of names) {
    if (removeType === "OBJECT_INDEX") yield* concurrency({ concurrent, object, place });
    else if (UNUSED_OBJECTS.has(removeType)) continue;
    else if (!place.history.isNew({ relname: object.replace(/^public\./, "") })) {
      yield ["drop-object", object];
    }
  }
}

function* concurrency(
  { concurrent = false, object, place }: {
    readonly concurrent?: boolean | undefined;
    readonly object: string;
    readonly place: StatementPlace;
  },
): Generator<Reported> {
  if (!concurrent) yield ["index", object];
  else if (place.inTransaction) yield ["concurrently-in-transaction", object];
}

function existing(nodes: readonly Node[] | undefined, history: SchemaHistory): readonly RangeVar[] {
  return (nodes ?? []).flatMap((node) =>
    "RangeVar" in node && !history.isNew(node.RangeVar) ? [node.RangeVar] : []
  );
}

function hasOption(options: readonly Node[] | undefined, name: string): boolean {
  return (options ?? []).some((option) => "DefElem" in option && isOn(option.DefElem, name));
}

/** Whether an option has no value, or one that is not false. */
function isOn({ defname, arg }: DefElem, name: string): boolean {
  if (defname !== name) return false;
  return !(arg !== undefined && "String" in arg && /^(?:off|false|0)$/i.test(arg.String.sval ?? ""));
}

/** Returns the name of an object that a statement names without further parts. */
function nameIn(node: Node): string {
  if ("List" in node) return joinedName(node.List.items);
  if ("ObjectWithArgs" in node) return joinedName(node.ObjectWithArgs.objname);
  if ("TypeName" in node) return joinedName(node.TypeName.names);
  return "String" in node ? node.String.sval ?? "" : "";
}
