import type { Buffer } from "node:buffer";
import { copyUnsupported } from "../connection/refuse_statement.ts";
import { nameOf } from "./message_reader.ts";
import { protocolViolation, type WireError } from "./wire_error.ts";

/** Messages that end with a Sync, and the response to them up to ReadyForQuery. */
export interface Exchange {
  /** Called with each message but ReadyForQuery, notices, notifications and settings. */
  onMessage(type: number, bytes: Buffer, start: number, end: number): void;
  /** Called when the server is ready for the next one. */
  onReady(): void;
  /** Called when the connection has ended instead. */
  onLost(error: Error): void;
}

/** Types of messages of the server (PostgreSQL, "Message Formats"). */
export const backend = {
  authentication: 0x52, // "R"
  bindComplete: 0x32,
  closeComplete: 0x33,
  commandComplete: 0x43, // "C"
  copyData: 0x64, // "d"
  copyDone: 0x63, // "c"
  copyInResponse: 0x47, // "G"
  copyOutResponse: 0x48, // "H"
  copyBothResponse: 0x57, // "W"
  dataRow: 0x44, // "D"
  emptyQueryResponse: 0x49, // "I"
  errorResponse: 0x45, // "E"
  keyData: 0x4b, // "K"
  negotiateVersion: 0x76, // "v"
  noData: 0x6e, // "n"
  noticeResponse: 0x4e, // "N"
  notification: 0x41, // "A"
  parameterStatus: 0x53, // "S"
  parseComplete: 0x31,
  portalSuspended: 0x73, // "s"
  readyForQuery: 0x5a, // "Z"
  rowDescription: 0x54, // "T"
} as const;

/** Returns the error of a message that an exchange does not expect. */
export function unexpectedMessage(type: number): WireError {
  return protocolViolation(`a message of type ${nameOf(type)} was not expected`);
}

/** Returns the error of a message that a statement does not expect: with COPY, the server waits for rows or sends them. */
export function unexpectedResponse(type: number): Error {
  const isCopy = type === backend.copyInResponse || type === backend.copyOutResponse ||
    type === backend.copyBothResponse;
  return isCopy ? copyUnsupported() : unexpectedMessage(type);
}
