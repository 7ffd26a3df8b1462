import { parseArgs } from "node:util";
import type { HistoryRunOptions } from "./conform_history.ts";
import type { Field } from "./row.ts";

/** Rows to send, and the program to send them to. */
export interface ConformOptions {
  /** Scheme, host and port of the program. */
  readonly url: string;
  /** Path or URL of an OpenAPI document; undefined for those that the program serves. */
  readonly document: string | undefined;
  readonly fields: readonly Field[];
  /** Part of "document theme: row" of the rows to send; undefined for all. */
  readonly only: string | undefined;
  /** Whether every operation gets all values. */
  readonly isFull: boolean;
  /** History to record and check instead of rows. @default none */
  readonly history?: HistoryRunOptions;
}

/**
 * Reads the arguments of the command.
 *
 * @throws {TypeError} for a command line that is wrong.
 */
export function parseConformOptions(args: readonly string[]): ConformOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      document: { type: "string" },
      token: { type: "string" },
      header: { type: "string", multiple: true, default: [] },
      full: { type: "boolean", default: false },
      only: { type: "string" },
      history: { type: "boolean", default: false },
      seconds: { type: "string", default: "20" },
      seed: { type: "string", default: "1" },
      "allow-remote": { type: "boolean", default: false },
    },
  });
  const [url = "", ...others] = positionals;
  const origin = URL.parse(url);
  if (others.length > 0 || origin === null || !/^https?:$/.test(origin.protocol)) {
    throw new TypeError("Expected one address, such as http://127.0.0.1:8080");
  }
  if (origin.pathname !== "/" || origin.search !== "" || origin.username !== "") {
    throw new TypeError(
      "The address has a scheme, a host and a port only; paths begin as in the document's servers",
    );
  }
  if (!isLoopback(origin.hostname) && !values["allow-remote"]) {
    throw new TypeError(
      "The address is of another machine. The requests look like an attack to its operators, create and delete items, " +
        "and may bring a service down: --allow-remote confirms that you may do that to it",
    );
  }
  const { document, only, token, full: isFull } = values;
  const fields = values.header.map(parseField);
  if (token !== undefined) fields.push(parseField(`Authorization: Bearer ${token}`));
  const rows = { url: origin.origin, document, fields, only, isFull };
  if (!values.history) return rows;
  if (only !== undefined || isFull) {
    throw new TypeError(
      `--history records operations of its own: ${
        isFull ? "--full" : "--only"
      } selects HTTP conformance tests, ` +
        "which run without --history",
    );
  }
  const seconds = wholeNumber(values.seconds, { name: "--seconds", max: 600 });
  return { ...rows, history: { seconds, seed: wholeNumber(values.seed, { name: "--seed", max: 2 ** 31 }) } };
}

function wholeNumber(text: string, { name, max }: { readonly name: string; readonly max: number }): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new TypeError(`${name} takes a whole number from 1, at most ${max}`);
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.[0-9]{1,3}){3}$/.test(hostname);
}

function parseField(text: string): Field {
  const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x20-\x7e]*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new TypeError('--header takes a field, such as "Authorization: Bearer abc"');
  }
  return [name, value];
}
