/** Effect of a statement, and what to write instead. */
export interface LintRule {
  /** Continues the name of a table or column. */
  readonly problem: string;
  readonly instead: string;
  /** Whether {@link instead} ends with allowing the statement, for which the form of a comment follows. @default false */
  readonly isAllowed?: boolean;
}

/**
 * Changes of tables that block the running version of the service, or make it fail (PostgreSQL, "ALTER TABLE", notes, and
 * "Explicit Locking"). Changes of tables that the same file creates are none.
 */
export const lintRules = {
  "volatile-default": {
    problem: "a default that differs by row rewrites the table, and blocks reads and writes meanwhile",
    instead: "add the column without it, then set the default, and fill the rows in batches in a later file",
  },
  "stored-column": {
    problem:
      "a stored generated column or a sequence rewrites the table, and blocks reads and writes meanwhile",
    instead: "add a virtual column, or an ordinary one that a trigger and batches fill",
  },
  "required-column": {
    problem:
      "a column that is not null and has no default fails if there are rows, and so do the running version's inserts",
    instead: "give it a constant default, or add it as nullable and require it later",
  },
  "column-type": {
    problem: "a change of type rewrites or rereads the table, and blocks reads and writes meanwhile",
    instead: "add a column of the new type, write both, fill it in batches, and drop the old one later",
  },
  "set-not-null": {
    problem: "set not null reads the whole table, and blocks reads and writes meanwhile",
    instead:
      'first add a check constraint "… is not null" as not valid, and validate it in a file of its own',
  },
  "drop-column": {
    problem: "the running version may use it",
    instead: "deploy a version that does not, then drop it, and allow that",
    isAllowed: true,
  },
  "drop-default": {
    problem: "inserts of the running version that omit the column write null from then on",
    instead: "deploy a version that sets it, then drop the default, and allow that",
    isAllowed: true,
  },
  "drop-object": {
    problem: "the running version may use it",
    instead: "deploy a version that does not, then drop it, and allow that",
    isAllowed: true,
  },
  "rename": {
    problem: "the running version knows only the old name",
    instead: "add the new name beside it, write both, and drop the old one later",
  },
  "validated-constraint": {
    problem: "a constraint that is validated at once reads every row, and blocks writes meanwhile",
    instead: "add it as not valid, and validate it in a file of its own",
  },
  "validate-at-once": {
    problem: "the lock of adding the constraint is held while it is validated",
    instead: "validate it in a file of its own",
  },
  "unique-constraint": {
    problem: "a constraint that creates its index blocks reads and writes meanwhile",
    instead: 'create a unique index concurrently in a file of its own, and add the constraint "using index"',
  },
  "exclusion-constraint": {
    problem: "an exclusion constraint creates an index, and blocks reads and writes meanwhile",
    instead: "no other way exists: add it while nothing uses the table, and allow that",
    isAllowed: true,
  },
  "index": {
    problem: "writes are blocked while the index is created or dropped",
    instead: 'use "concurrently", in a file of its own with "transaction:false"',
  },
  "concurrently-in-transaction": {
    problem: "PostgreSQL refuses it in a transaction, which several statements in one file are, too",
    instead: 'move it into a file of its own with "-- migrate:up transaction:false"',
  },
  "rewrite": {
    problem: "the table is rewritten, and reads and writes are blocked meanwhile",
    instead: "do it while nothing uses the table, and allow that",
    isAllowed: true,
  },
  "lock": {
    problem: "the lock is held until the end of the file",
    instead: "use a statement that locks less, or batches outside of a transaction",
  },
  "all-rows": {
    problem: "all rows stay locked until the end of the file, and their old versions cannot be removed",
    instead: 'change them in batches with a commit each, in a file with "transaction:false"',
  },
  "rows-under-lock": {
    problem:
      "the table was changed before in this file, so that reads and writes are blocked while rows are changed",
    instead: "change the rows in a file of its own",
  },
  "syntax": { problem: "PostgreSQL cannot parse it", instead: "correct it" },
  "allow": {
    problem: "the comment has no effect",
    instead: 'write "-- lint:allow <rule>: <reason>" before the statement',
  },
} as const satisfies Readonly<Record<string, LintRule>>;

/** Name of a rule, as comments allow it. */
export type LintRuleName = keyof typeof lintRules;
