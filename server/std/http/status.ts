import { STATUS_CODES } from "node:http";

/** Three-digit HTTP status. */
export type StatusCode = number;

/** Reason phrases by status. Used subset of `jsr:@std/http/status`, based on `node:http`. */
export const STATUS_TEXT: Readonly<Record<StatusCode, string | undefined>> = STATUS_CODES;
