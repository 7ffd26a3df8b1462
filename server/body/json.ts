import { MalformedTextError } from "../parameters/percent.ts";
import type { JsonFault } from "./json_fault.ts";
import { scanJson } from "./json_scan.ts";
import { findUnstorable } from "./unstorable.ts";

/** A parsed JSON text, with what is wrong in it although its syntax is right. */
export interface ParsedJson {
  readonly value: unknown;
  readonly faults: readonly JsonFault[];
}

const NO_FAULTS: readonly JsonFault[] = [];

/**
 * Parses a JSON text strictly: what `JSON.parse` takes, without duplicate member names (RFC 8259, section 4) and not
 * nested deeper than 64 levels.
 * @throws {MalformedTextError} whose message is a fault's reason.
 */
export function parseJsonText(text: string): ParsedJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new MalformedTextError("is not valid JSON");
  }
  const { tooDeep, duplicate, suspicious } = scanJson(text);
  if (tooDeep) throw new MalformedTextError("is nested too deeply");
  if (duplicate) throw new MalformedTextError("has an object with the same member twice");
  return { value, faults: suspicious ? findUnstorable(value) : NO_FAULTS };
}

/** The same for a parameter, where every fault makes the whole malformed. */
export function parseJson(text: string): unknown {
  const { value, faults } = parseJsonText(text);
  const [fault] = faults;
  if (fault !== undefined) throw new MalformedTextError(fault.reason);
  return value;
}
