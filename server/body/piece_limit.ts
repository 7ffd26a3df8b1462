import { Problem } from "../problem.ts";

/** Number of pieces of a body from which on their mean size counts. */
const MAX_SMALL_PIECES = 8192;

/** Minimum mean size of the pieces of a longer body, in bytes. */
const MIN_MEAN_BYTES = 16;

/**
 * Limit on the pieces in which a body arrives. Each costs the time of some kilobytes, whatever it holds, so that a client
 * which sends single bytes would occupy the server with a few of them. Clients that are slow, but honest, send more at a
 * time.
 */
export class PieceLimit {
  #pieces = 0;
  #bytes = 0;

  /** @throws {Problem} 400 if the body consists of too many small pieces. */
  count(bytes: number): void {
    this.#pieces++;
    this.#bytes += bytes;
    if (this.#pieces > MAX_SMALL_PIECES && this.#bytes < MIN_MEAN_BYTES * this.#pieces) {
      throw new Problem(400, "malformed-request", {
        detail:
          `The body arrives in more than ${MAX_SMALL_PIECES} pieces of less than ${MIN_MEAN_BYTES} bytes on ` +
          "average; send larger ones",
        headers: { Connection: "close" },
      });
    }
  }
}
