import { parseArgs } from "node:util";
import type { Field } from "@archway/tools/support/conformance/row.ts";

/** Rows to run, and the program to run them against. */
export interface ConformOptions {
  /** Scheme, host and port of the program. */
  readonly url: string;
  readonly fields: readonly Field[];
  /** Part of "list theme: name" of the rows to run; undefined: all. */
  readonly only: string | undefined;
}

export const USAGE = `Usage: deno task conform <url> [options]

Sends the negative tests of every service in services.ts that has testing/conformance.ts to the program at that
address, and prints those that fail.

  --header <field>   "Name: value", sent with every request, e.g. credentials; may be repeated
  --only <text>      only rows with this in "list theme: name", such as "/v1/profiles json: "
  --allow-remote     accept an address of another machine
  --help             show this
`;

/**
 * Reads the command line; undefined: help is asked for.
 *
 * @throws {TypeError} when there is something wrong with it.
 */
export function parseConformOptions(args: string[]): ConformOptions | undefined {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      header: { type: "string", multiple: true, default: [] },
      only: { type: "string" },
      "allow-remote": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const [url = "", ...others] = positionals;
  const origin = URL.parse(url);
  if (others.length > 0 || origin === null || !/^https?:$/.test(origin.protocol)) {
    throw new TypeError("Give one address, such as http://127.0.0.1:8080");
  }
  if (origin.pathname !== "/" || origin.search !== "" || origin.username !== "") {
    throw new TypeError("The address has a scheme, a host and a port, and nothing else");
  }
  if (!isLoopback(origin.hostname) && !values["allow-remote"]) {
    throw new TypeError(
      "The address is of another machine. The requests look like an attack to those who watch it, create and delete " +
        "items, and may bring a service down: --allow-remote confirms that you may do that to it",
    );
  }
  return { url: origin.origin, fields: values.header.map(parseField), only: values.only };
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
