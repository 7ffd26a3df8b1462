import type { Buffer } from "node:buffer";
import { microsecondsOf, timestampOf } from "@archway/db/timestamp.ts";
import type { TimeAnchor } from "../page.ts";

/** Binary form of an anchor inside a cursor. */
export interface AnchorFormat<Anchor> {
  /** Length of an encoded anchor. */
  readonly bytes: number;
  equals(anchor: Anchor, other: Anchor): boolean;
  write(anchor: Anchor, bytes: Buffer): void;
  read(bytes: Buffer): Anchor;
}

/** Format of a time and an id: 8 bytes of microseconds, 16 bytes of UUID. */
export const TIME_AND_ID: AnchorFormat<TimeAnchor> = {
  bytes: 24,
  equals: (anchor, other) => anchor.id === other.id && anchor.createdAt === other.createdAt,
  write({ createdAt, id }, bytes): void {
    bytes.writeBigInt64BE(microsecondsOf(createdAt), 0);
    bytes.write(id.replaceAll("-", ""), 8, "hex");
  },
  read: (bytes) => ({ createdAt: timestampOf(bytes.readBigInt64BE(0)), id: uuidOf(bytes.subarray(8)) }),
};

/** Format of a 64-bit integer. */
export const NUMBER: AnchorFormat<bigint> = {
  bytes: 8,
  equals: (anchor, other) => anchor === other,
  write: (anchor, bytes) => void bytes.writeBigInt64BE(anchor, 0),
  read: (bytes) => bytes.readBigInt64BE(0),
};

function uuidOf(bytes: Buffer): string {
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
