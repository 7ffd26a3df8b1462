import { Buffer } from "node:buffer";
import type { Querier } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import { BlockHash, hashOfRow } from "./audit_row.ts";

/** Result of a verification. */
export interface LogVerification {
  readonly rows: bigint;
  readonly blocks: bigint;
  /** Number of rows after the last block, whose removal or order cannot be seen yet. */
  readonly rest: bigint;
  /** The last block, as `<number>:<hash in hexadecimal>`; empty if there is none. */
  readonly head: string;
  /** Findings, a line each; none if the log is as it was written. */
  readonly findings: readonly string[];
}

const ROWS = `select position, id, at, actor, action, resource, ids, hash from audit_log
  where position > $1 order by position limit 1000`;

const BLOCKS = `select number, last_position as "lastPosition", rows, hash from audit_blocks order by number`;

/** Maximum number of findings. */
const MAX_FINDINGS = 100;

interface LogRow {
  readonly position: bigint;
  readonly id: string;
  readonly at: Timestamp;
  readonly actor: string | null;
  readonly action: string;
  readonly resource: string;
  readonly ids: readonly string[];
  readonly hash: Uint8Array;
}

interface Block {
  readonly number: bigint;
  readonly lastPosition: bigint;
  readonly rows: bigint;
  readonly hash: Uint8Array;
}

/**
 * Verifies the audit log in the snapshot of a transaction: each row against its hash, and the rows of each block, which
 * shows those that were removed, added, replaced or reordered.
 *
 * @param head A head that was noted before, and must still be part of the chain.
 */
export async function verifyLog(tx: Querier, head?: string): Promise<LogVerification> {
  const { rows: blocks } = await tx.query<Block>(BLOCKS);
  const findings: string[] = [];
  const found = (finding: string): void => {
    if (findings.length < MAX_FINDINGS) findings.push(finding);
  };
  checkHead(blocks, head, found);
  const rows = rowsOf(tx);
  let next = (await rows.next()).value;
  let previous: Uint8Array = new Uint8Array();
  let total = 0n;
  const check = (row: LogRow): void => {
    total++;
    if (row.position < 1n) found(`row ${row.position} was added: positions begin at 1`);
    if (isEqual(hashOfRow(row), row.hash)) return;
    found(`row ${row.position} was changed: it does not have its hash`);
  };
  let number = 0n;
  for (const block of blocks) {
    if (block.number !== number + 1n) found(`block ${number + 1n} is missing: blocks were removed`);
    number = block.number;
    const chain = new BlockHash(previous);
    let count = 0n;
    const from = next?.position;
    while (next !== undefined && next.position <= block.lastPosition) {
      check(next);
      chain.add(next.position, next.hash);
      count++;
      next = (await rows.next()).value;
    }
    const range = `of block ${block.number} (rows ${from ?? "?"} to ${block.lastPosition})`;
    if (count < block.rows) found(`${block.rows - count} rows ${range} were removed`);
    else if (count > block.rows) found(`${count - block.rows} rows ${range} were added`);
    else if (!isEqual(chain.digest(), block.hash)) found(`rows ${range} were reordered or replaced`);
    // As it is stored, so that one finding does not hide others.
    previous = block.hash;
  }
  const closed = total;
  while (next !== undefined) {
    check(next);
    next = (await rows.next()).value;
  }
  const last = blocks.at(-1);
  return {
    rows: total,
    blocks: BigInt(blocks.length),
    rest: total - closed,
    head: last === undefined ? "" : headOf(last),
    findings,
  };
}

async function* rowsOf(tx: Querier): AsyncGenerator<LogRow, undefined> {
  // Positions begin at 1: one before was chosen, so that it seems to belong to no block.
  for (let after = -(2n ** 63n);;) {
    const { rows } = await tx.query<LogRow>(ROWS, [after]);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) return undefined;
    after = last.position;
  }
}

function checkHead(
  blocks: readonly Block[],
  head: string | undefined,
  found: (finding: string) => void,
): void {
  if (head === undefined || blocks.some((block) => headOf(block) === head)) return;
  found(`the head ${head} is not part of the chain: it was removed or replaced since`);
}

function headOf({ number, hash }: Block): string {
  return `${number}:${Buffer.from(hash).toString("hex")}`;
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
