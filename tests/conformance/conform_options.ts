import { parseArgs } from "node:util";
import type { Field } from "./row.ts";

/** What is run against what. */
export interface ConformOptions {
  /** Where the service is: scheme, host and port. */
  readonly url: string;
  readonly fields: readonly Field[];
  /** Only rows whose theme and name, "theme: name", have this in them. */
  readonly only: string | undefined;
}

export const USAGE = `Usage: deno task conform <url> [options]

Sends every hostile request of conformance/ to the service at that address and says which it takes wrongly.

  --header <field>   "Name: value", sent with every request, e.g. credentials; may be repeated
  --only <text>      only rows with this in "theme: name"
  --allow-remote     take an address that is not this machine's
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
      "The address is not this machine's. What is sent looks like an attack to whoever watches there, creates and " +
        "deletes profiles, and may bring a service down: --allow-remote says that you may do that to it",
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
