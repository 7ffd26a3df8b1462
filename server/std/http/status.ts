import { STATUS_CODES } from "node:http";

/** A three-digit HTTP status. */
export type StatusCode = number;

/** The reason phrase of each status. The part of `jsr:@std/http/status` that is used, over `node:http`. */
export const STATUS_TEXT: Readonly<Record<StatusCode, string | undefined>> = STATUS_CODES;
