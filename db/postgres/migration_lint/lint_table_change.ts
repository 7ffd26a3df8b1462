import type { AlterTableCmd, AlterTableStmt, ColumnDef, Constraint, RangeVar } from "@pgsql/types";
import type { LintRuleName } from "./lint_rules.ts";
import { joinedName, nameOf, type SchemaHistory } from "./schema_history.ts";
import { isVolatileDefault } from "./volatile_default.ts";

/** Something that a rule reports, and its object. */
export type Reported = readonly [rule: LintRuleName, object: string];

const SERIAL = /^(?:small|big)?serial[248]?$/;

/** Commands that rewrite a table. */
const REWRITES: ReadonlySet<string | undefined> = new Set([
  "AT_SetLogged",
  "AT_SetUnLogged",
  "AT_SetTableSpace",
  "AT_SetAccessMethod",
  "AT_SetExpression",
]);

/** Reports the commands of an ALTER TABLE of a table that existed before its file. */
export function* lintTableChange(
  { relation, cmds, objtype }: AlterTableStmt,
  history: SchemaHistory,
): Generator<Reported> {
  // Indexes, views and sequences have commands in common with tables, which take no time.
  if (objtype !== "OBJECT_TABLE" || history.isNew(relation)) return;
  for (const command of cmds ?? []) {
    if ("AlterTableCmd" in command) yield* lintCommand(command.AlterTableCmd, { relation, history });
  }
  history.change(relation);
}

interface Place {
  readonly relation: RangeVar | undefined;
  readonly history: SchemaHistory;
}

function* lintCommand(command: AlterTableCmd, { relation, history }: Place): Generator<Reported> {
  const { subtype, name = "", def } = command;
  const table = nameOf(relation);
  const column = `${table}.${name}`;
  switch (subtype) {
    case "AT_AddColumn":
      if (def !== undefined && "ColumnDef" in def) yield* lintColumn(def.ColumnDef, table);
      break;
    case "AT_AddConstraint":
      if (def !== undefined && "Constraint" in def) {
        yield* lintConstraint(def.Constraint, table);
        if (def.Constraint.skip_validation) history.addConstraint(relation, def.Constraint);
      }
      break;
    case "AT_AlterColumnType":
      yield ["column-type", column];
      break;
    case "AT_DropColumn":
      yield ["drop-column", column];
      break;
    case "AT_ColumnDefault":
      if (def === undefined) yield ["drop-default", column];
      break;
    case "AT_SetNotNull":
      if (!history.isRequired(relation, name)) yield ["set-not-null", column];
      break;
    case "AT_ValidateConstraint":
      if (history.validate(relation, name)) yield ["validate-at-once", `${table}: ${name}`];
      break;
    case "AT_DetachPartition":
      if (def !== undefined && "PartitionCmd" in def && !def.PartitionCmd.concurrent) yield ["lock", table];
      break;
    default:
      if (REWRITES.has(subtype)) yield ["rewrite", table];
  }
}

function* lintColumn(column: ColumnDef, table: string): Generator<Reported> {
  const name = `${table}.${column.colname ?? ""}`;
  const constraints = (column.constraints ?? []).flatMap((node) =>
    "Constraint" in node ? [node.Constraint] : []
  );
  const has = (type: Constraint["contype"]): boolean => constraints.some(({ contype }) => contype === type);
  const value = constraints.find(({ contype }) => contype === "CONSTR_DEFAULT")?.raw_expr;
  const isStored = constraints.some(({ contype, generated_kind: kind }) =>
    contype === "CONSTR_GENERATED" && kind === "s"
  );
  const isSerial = SERIAL.test(joinedName(column.typeName?.names));
  if (isStored || isSerial || has("CONSTR_IDENTITY")) yield ["stored-column", name];
  else if (value !== undefined && isVolatileDefault(value)) yield ["volatile-default", name];
  else if (has("CONSTR_NOTNULL") && value === undefined && !has("CONSTR_GENERATED")) {
    yield ["required-column", name];
  }
  for (const constraint of constraints) yield* lintConstraint(constraint, name);
}

function* lintConstraint(constraint: Constraint, owner: string): Generator<Reported> {
  const { contype, skip_validation: isUnvalidated, indexname, is_enforced: isEnforced, conname } = constraint;
  const object = conname === undefined ? owner : `${owner}: ${conname}`;
  switch (contype) {
    case "CONSTR_CHECK":
    case "CONSTR_FOREIGN":
      // A constraint that is not enforced is not validated either.
      if (!isUnvalidated && isEnforced) yield ["validated-constraint", object];
      break;
    case "CONSTR_NOTNULL":
      // That of a new column is judged by its default; only a constraint of a table names its column.
      if (!isUnvalidated && constraint.keys !== undefined) yield ["set-not-null", object];
      break;
    case "CONSTR_UNIQUE":
    case "CONSTR_PRIMARY":
      if (indexname === undefined) yield ["unique-constraint", object];
      break;
    case "CONSTR_EXCLUSION":
      yield ["exclusion-constraint", object];
      break;
  }
}
