import type { ConnectionManager } from "@archway/db/db.ts";
import { timestampOf } from "@archway/db/timestamp.ts";
import type { ExportColumn, StreamBatch, StreamExport } from "@archway/service_kit/export_definition.ts";

/** Options of {@link numberStream}. */
export interface NumberStreamOptions {
  /** Last position. */
  readonly last: bigint;
  /** @default {"numbers"} */
  readonly name?: string;
  /** Number of rows of a day. @default {1_000} */
  readonly perDay?: number;
  /** @default {position: int64} and a text */
  readonly columns?: Readonly<Record<string, ExportColumn>>;
  /** Part of the fingerprint, to stand for another history. @default "" */
  readonly history?: string;
}

const COLUMNS: Readonly<Record<string, ExportColumn>> = {
  position: { type: "int64", description: "position" },
  label: { type: "text", description: "text of the row" },
};

/** Time of the first row, half an hour before a new day. */
const BEGIN = BigInt(Date.parse("2026-11-29T23:30:00Z")) * 1000n;

const DAY_US = 86_400_000_000n;

/** Stream whose rows are the odd positions; even ones were rolled back. */
export function numberStream(
  { last, name = "numbers", perDay = 1_000, columns = COLUMNS, history = "" }: NumberStreamOptions,
): StreamExport {
  const rowOf = (position: bigint): StreamBatch["rows"][number] => ({
    position,
    at: timestampOf(BEGIN + position * DAY_US / BigInt(2 * perDay)),
    values: { position, label: `row ${position}`, extra: Number(position % 100n), price: "0.5" },
  });
  return {
    ...{ kind: "stream", name, description: "odd numbers", columns },
    open: () => ({
      settledPosition: () => Promise.resolve(last),
      count: (_, { after, until }) => Promise.resolve((until + 1n) / 2n - (after + 1n) / 2n),
      fingerprint: (_, { after, until }) => Promise.resolve(`${history}${after}-${until}`),
      read(_, { after, until, limit }): Promise<StreamBatch> {
        const rows: StreamBatch["rows"][number][] = [];
        for (
          let position = after + 1n + after % 2n;
          position <= until && rows.length < limit;
          position += 2n
        ) {
          rows.push(rowOf(position));
        }
        return Promise.resolve({
          rows,
          through: rows.length < limit ? until : rows.at(-1)?.position ?? until,
        });
      },
    }),
  };
}

/** Connections of a stream that needs none. */
export const NO_DATABASE: ConnectionManager = {
  writer: () => ({ query: () => Promise.reject(new Error("There is no database")) }),
  reader: () => ({ query: () => Promise.reject(new Error("There is no database")) }),
  position: () => Promise.resolve({ timeline: 1, lsn: 0n }),
};
