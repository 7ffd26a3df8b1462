import { v7 as newId } from "uuid";
import type { ConnectionPool } from "@archway/db/db.ts";
import { microsecondClock } from "@archway/db/timestamp.ts";
import { type CommandContext, CommandError } from "@archway/service_kit/command.ts";
import { IDEMPOTENCY_TABLES } from "@archway/service_kit/idempotency.ts";
import type { PersonalDataSource } from "@archway/service_kit/personal_data.ts";
import { textTable } from "@archway/service_kit/text_table.ts";
import { insertEntries } from "../audit/audit_row.ts";
import { eraseSubject, lastErasure, requestErasure } from "../subject/erase_subject.ts";
import { exportSubject, type RecordCounts } from "../subject/export_subject.ts";
import { findSubject, personalDataOf } from "../subject/personal_data_of.ts";
import { scrubDatabase } from "../subject/scrub_database.ts";
import { parsePrivacyArguments } from "./privacy_arguments.ts";

/** Tables in which nothing but a note of an erasure stays. */
const NOTES = ["subject_keys", "erasures"];

/** Command line of this program, to copy. */
const PROGRAM = Deno.build.standalone ? "archway" : "deno task -q archway";

const LEFT_TO_OPERATOR =
  `Not covered: backups, logs, exported files, messages that receivers have stored, and on a
developer's machine the requests in .archway/cockpit.
Deleted bytes stay in the files of the database until ${PROGRAM} privacy scrub, or until they are overwritten.
`;

/** Runs the command `privacy`, and returns its exit code. */
export async function runPrivacy(args: readonly string[], context: CommandContext): Promise<number> {
  const options = parsePrivacyArguments(args);
  // No timeouts: the duration depends on the amount of data.
  await using database = await context.openDatabase({ unlimited: true });
  const { pool } = database;
  const sources = await personalDataOf(context.services);
  switch (options.action) {
    case "export":
      await printExport(pool, { ...options, sources, context });
      return 0;
    case "erase":
      return await (options.confirm === undefined
        ? printRequest(pool, { ...options, sources, context })
        : printReceipt(pool, { ...options, confirm: options.confirm, sources, context }));
    case "encrypt":
      await encryptStored(pool, { sources, context });
      return 0;
    case "scrub":
      return await scrub(pool, context);
  }
}

interface ActionOptions {
  readonly sources: readonly PersonalDataSource[];
  readonly context: CommandContext;
}

type SubjectOptions = ActionOptions & { readonly subject: string };

async function printExport(pool: ConnectionPool, options: SubjectOptions): Promise<void> {
  // Before anything is printed.
  const entry = { actor: null, action: "export", resource: "person", ids: [options.subject] } as const;
  await insertEntries(pool.writer(), [{ ...entry, at: microsecondClock()() }]);
  // The transaction must not last as long as the output is read.
  await options.context.printAfter((write) => exported(pool, options, write));
}

/** Exports a person from one snapshot. @throws {CommandError} if there is no data. */
async function exported(
  pool: ConnectionPool,
  { subject: id, sources, context }: SubjectOptions,
  write: (text: string) => Promise<void>,
): Promise<ReadonlyMap<string, RecordCounts>> {
  const cipher = await context.cipher();
  const counts = await pool.withTx(async (tx) => {
    const subject = await findSubject(tx, id, { sources, cipher, now: microsecondClock()() });
    return await exportSubject(tx, subject, { sources, write });
  }, { isolation: "repeatable read", readOnly: true });
  if (counts.size === 0) throw new CommandError(`no data about ${id}`);
  return counts;
}

async function printRequest(
  pool: ConnectionPool,
  options: SubjectOptions & { readonly again: boolean },
): Promise<number> {
  const { context, subject, again } = options;
  const erased = again ? undefined : await lastErasure(pool.writer(), subject);
  if (erased !== undefined) {
    await context.print(
      `Erased at ${erased.completedAt} by request ${erased.id}; nothing was requested. Its receipt:\n` +
        `  ${PROGRAM} privacy erase --subject ${subject} --confirm ${erased.id}\n` +
        `To count what is left and request another erasure, repeat with --again\n`,
    );
    return 0;
  }
  const counts = await exported(pool, options, () => Promise.resolve());
  const now = microsecondClock()();
  const request = await requestErasure(pool, subject, { id: newId(), now });
  const rows = [...counts].filter(([table]) => !NOTES.includes(table));
  const declared = new Map(
    [...IDEMPOTENCY_TABLES, ...context.services.flatMap(({ tables = [] }) => tables)].map((
      one,
    ) => [one.table, one]),
  );
  await context.print(
    textTable([
      ["TABLE", "RECORDS", "STILL PERSONAL", "ERASURE"],
      ...rows.map(([table, { records, personal }]) => [
        ...[table, `${records}`, `${personal}`],
        declared.get(table)?.erasure ?? "stays",
      ]),
    ]),
  );
  await context.print(stillPersonal(counts));
  const found = await findSubject(pool.writer(), subject, { ...options, cipher: undefined, now });
  for (const source of options.sources) {
    for (const one of await source.stranded?.(pool.writer(), found) ?? []) {
      await context.print(`Pay out first: ${one}, which no one can move afterwards\n`);
    }
  }
  await context.print(
    `This request has erased nothing yet. Ids, amounts and times will stay. To erase:\n` +
      `  ${PROGRAM} privacy erase --subject ${subject} --confirm ${request.id}\n`,
  );
  return 0;
}

/** Returns a line with the number of records that an erasure would change. */
function stillPersonal(counts: ReadonlyMap<string, RecordCounts>): string {
  const of = [...counts].filter(([table]) => !NOTES.includes(table)).map(([, numbers]) => numbers);
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
  return `Still personal: ${sum(of.map((one) => one.personal))} of ${
    sum(of.map((one) => one.records))
  } records\n`;
}

async function printReceipt(
  pool: ConnectionPool,
  options: SubjectOptions & { readonly confirm: string; readonly insist: boolean },
): Promise<number> {
  const { subject, confirm, insist, sources, context } = options;
  const cipher = await context.cipher();
  const receipt = await eraseSubject(pool, { request: confirm, subject }, {
    ...{ sources, cipher, insist, now: microsecondClock() },
  });
  if (receipt === undefined) {
    throw new CommandError(`no such request for ${subject}; erase without --confirm makes one`);
  }
  await context.print(`${JSON.stringify(receipt, undefined, 2)}\n`);
  const counts = await exported(pool, options, () => Promise.resolve());
  context.note(`${stillPersonal(counts)}${LEFT_TO_OPERATOR}`);
  return 0;
}

async function encryptStored(pool: ConnectionPool, { sources, context }: ActionOptions): Promise<void> {
  const cipher = await context.cipher();
  if (cipher === undefined) throw new CommandError("no service of the program encrypts personal data");
  let count = 0;
  let batches = 0;
  const onProgress = (position: bigint): void => {
    if (++batches % 100 === 0) context.note(`Events up to position ${position} are encrypted\n`);
  };
  for (const source of sources) {
    count += await source.encryptStored?.(pool, { cipher, signal: context.signal, onProgress }) ?? 0;
  }
  await context.print(`Encrypted ${count} events\n`);
}

async function scrub(pool: ConnectionPool, context: CommandContext): Promise<number> {
  const tables = context.services.flatMap(({ tables = [] }) => tables)
    .filter(({ personal }) => personal.length > 0).map(({ table }) => table);
  const failures = await scrubDatabase(pool, {
    tables: [...tables, "idempotency_keys"],
    onStep: (step) => context.note(`${step}\n`),
  });
  for (const { step, reason } of failures) context.note(`Not done: ${step}: ${reason}\n`);
  return failures.length === 0 ? 0 : 1;
}
