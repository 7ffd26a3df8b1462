import type { Constraint, Node, RangeVar } from "@pgsql/types";

/** Tables and constraints as the files so far have created them. */
export class SchemaHistory {
  /** Tables that the current file has created, which nothing uses yet. */
  readonly #created = new Set<string>();
  /** Tables that the current file has changed, which stay locked until its end. */
  readonly #changed = new Set<string>();
  /** Constraints that the current file has added without validating them. */
  readonly #added = new Set<string>();
  /** Columns by the constraint that requires them, and whether that is valid. */
  readonly #required = new Map<string, { readonly column: string; isValid: boolean }>();

  /** Begins a file. */
  beginFile(): void {
    this.#created.clear();
    this.#changed.clear();
    this.#added.clear();
  }

  create(table: RangeVar | undefined): void {
    this.#created.add(nameOf(table));
  }

  /** Whether nothing can use a table yet: the current file has created it, or it is temporary. */
  isNew(table: RangeVar | undefined): boolean {
    return table?.schemaname === "pg_temp" || this.#created.has(nameOf(table));
  }

  change(table: RangeVar | undefined): void {
    this.#changed.add(nameOf(table));
  }

  /** Whether the current file has changed a table that existed before. */
  wasChanged(table: RangeVar | undefined): boolean {
    return this.#changed.has(nameOf(table));
  }

  /** Records a constraint that is not valid yet. */
  addConstraint(table: RangeVar | undefined, constraint: Constraint): void {
    const name = `${nameOf(table)} ${constraint.conname ?? ""}`;
    this.#added.add(name);
    const column = requiredColumn(constraint);
    if (column !== undefined) this.#required.set(name, { column, isValid: false });
  }

  /** Records that a constraint is valid. Returns whether the current file has added it. */
  validate(table: RangeVar | undefined, constraint: string): boolean {
    const name = `${nameOf(table)} ${constraint}`;
    const required = this.#required.get(name);
    if (required !== undefined) required.isValid = true;
    return this.#added.has(name);
  }

  /** Whether a valid constraint requires a column, so that its rows need not be read again. */
  isRequired(table: RangeVar | undefined, column: string): boolean {
    const prefix = `${nameOf(table)} `;
    return [...this.#required].some(([name, required]) =>
      name.startsWith(prefix) && required.isValid && required.column === column
    );
  }
}

/** Returns a name as written, with its schema. */
export function nameOf(table: RangeVar | undefined): string {
  const { schemaname, relname = "" } = table ?? {};
  return schemaname === undefined || schemaname === "public" ? relname : `${schemaname}.${relname}`;
}

/** Joins the parts of a name in a list of nodes. */
export function joinedName(parts: readonly Node[] | undefined): string {
  return (parts ?? []).flatMap((part) => "String" in part ? [part.String.sval ?? ""] : []).join(".");
}

/** Returns the column that `check (column is not null)` or `not null column` requires. */
function requiredColumn({ contype, keys, raw_expr: expression }: Constraint): string | undefined {
  if (contype === "CONSTR_NOTNULL") return joinedName(keys);
  if (contype !== "CONSTR_CHECK" || expression === undefined || !("NullTest" in expression)) return undefined;
  const { arg, nulltesttype } = expression.NullTest;
  if (nulltesttype !== "IS_NOT_NULL" || arg === undefined || !("ColumnRef" in arg)) return undefined;
  return joinedName(arg.ColumnRef.fields);
}
