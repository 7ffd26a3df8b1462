import type { WalPosition } from "../../db.ts";
import type { StatementBehind } from "../connection/response_behind.ts";
import type { Followers, SentText } from "../connection/pool_querier.ts";
import { positionOf, type PositionRow, positionStatement } from "./position_source.ts";

/**
 * Positions that are read directly behind writes, in the same flush, so that a caller who asks for one after its write
 * need not wait for another statement. Nothing is read until the first caller has asked.
 *
 * The signal of a request separates its statements from those of others. A position is only returned if the last statement
 * with that signal was a write, and if every statement without a signal, and every write of this process, either precedes
 * the position or has one of its own behind it.
 */
export class WritePositions implements Followers {
  readonly #bySignal = new WeakMap<AbortSignal, PositionBehind>();
  #isUsed = false;
  /** Number of completed statements that no position is known to cover. */
  #uncovered = 0;
  #latest: WalPosition | undefined;

  /** Returns what is to be sent behind a statement. */
  behind({ text, isWrite, signal }: SentText): PositionBehind | undefined {
    if (!isWrite || !this.#isUsed || text === positionStatement) {
      if (signal !== undefined) this.#bySignal.delete(signal);
      return undefined;
    }
    const behind = new PositionBehind(this, this.#uncovered);
    if (signal !== undefined) this.#bySignal.set(signal, behind);
    return behind;
  }

  /** Reports a statement that has ended without one behind it. */
  ended({ text, isWrite, signal }: SentText): void {
    if (text !== positionStatement && (isWrite || signal === undefined)) this.#uncovered++;
  }

  /** Reports a position; undefined if it could not be read. */
  read(position: WalPosition | undefined): void {
    if (position === undefined) this.#uncovered++;
    else if (!isBefore(position, this.#latest)) this.#latest = position;
  }

  /** Returns a position that covers the last write with this signal; undefined if it has to be read. */
  find(signal: AbortSignal | undefined): WalPosition | undefined {
    this.#isUsed = true;
    const behind = signal && this.#bySignal.get(signal);
    if (behind?.position === undefined || behind.uncovered !== this.#uncovered) return undefined;
    // Shared by the writes of a turn, and so are the tokens made of it.
    return isBefore(behind.position, this.#latest) ? this.#latest : behind.position;
  }
}

/** Reading of the position behind one write. */
class PositionBehind implements StatementBehind<PositionRow> {
  readonly text = positionStatement;
  /** {@link WritePositions} "uncovered" when it was sent. */
  readonly uncovered: number;
  readonly #positions: WritePositions;
  position: WalPosition | undefined;

  constructor(positions: WritePositions, uncovered: number) {
    this.#positions = positions;
    this.uncovered = uncovered;
  }

  onResult([row]: readonly PositionRow[]): void {
    this.position = row && positionOf(row);
    this.#positions.read(this.position);
  }

  onError(): void {
    this.#positions.read(undefined);
  }
}

function isBefore({ timeline, lsn }: WalPosition, latest: WalPosition | undefined): boolean {
  return latest?.timeline === timeline && lsn < latest.lsn;
}
