import type { Buffer } from "node:buffer";
import { microsecondsOf, timestampOf } from "@archway/db/timestamp.ts";
import type { Pivot } from "./keyset.ts";

/** How a place in a list is written in a cursor. */
export interface PivotFormat<P> {
  /** How many it takes. */
  readonly bytes: number;
  equals(pivot: P, other: P): boolean;
  write(pivot: P, bytes: Buffer): void;
  read(bytes: Buffer): P;
}

/** Microseconds 8, UUID 16. */
export const TIME_AND_ID: PivotFormat<Pivot> = {
  bytes: 24,
  equals: (pivot, other) => pivot.id === other.id && pivot.createdAt === other.createdAt,
  write({ createdAt, id }, bytes): void {
    bytes.writeBigInt64BE(microsecondsOf(createdAt), 0);
    bytes.write(id.replaceAll("-", ""), 8, "hex");
  },
  read: (bytes) => ({ createdAt: timestampOf(bytes.readBigInt64BE(0)), id: uuidOf(bytes.subarray(8)) }),
};

/** A number. */
export const NUMBER: PivotFormat<bigint> = {
  bytes: 8,
  equals: (pivot, other) => pivot === other,
  write: (pivot, bytes) => void bytes.writeBigInt64BE(pivot, 0),
  read: (bytes) => bytes.readBigInt64BE(0),
};

function uuidOf(bytes: Buffer): string {
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
