import { parseArgs } from "node:util";
import type { Field } from "@archway/tools/support/conformance/row.ts";

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
}

export const USAGE = `Usage: deno task conform <url> [options]

Sends the HTTP conformance tests to the program at that address, and prints a line for each that fails. They are derived
from an OpenAPI document: from the one of --document or, without it, from those that a program of Archway serves.

  --document <doc>   path or URL of an OpenAPI 3 document, in JSON or YAML
  --token <token>    bearer token, sent with every request; operations that declare security are tested without it, too
  --header <field>   "Name: value", sent with every request; may be repeated
  --full             send all values to every operation, not each kind once and a part of them elsewhere
  --only <text>      only rows with this in "document theme: row", such as "profile bodies: POST"
  --allow-remote     accept an address of another machine
  --help             show this

Exit codes: 0 all passed, 1 some failed, 2 wrong usage, no such program or no such document.
`;

/**
 * Reads the command line; undefined if help is requested.
 *
 * @throws {TypeError} for a command line that is wrong.
 */
export function parseConformOptions(args: string[]): ConformOptions | undefined {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      document: { type: "string" },
      token: { type: "string" },
      header: { type: "string", multiple: true, default: [] },
      full: { type: "boolean", default: false },
      only: { type: "string" },
      "allow-remote": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
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
  return { url: origin.origin, document, fields, only, isFull };
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
