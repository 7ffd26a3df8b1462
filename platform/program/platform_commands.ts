/** Help of a command. */
export interface CommandHelp {
  /** One line, imperative. */
  readonly summary: string;
  /** Forms of the arguments, a line of the usage each; the empty string stands for none. */
  readonly forms: readonly string[];
  /** Subcommands and options with their meaning and default. */
  readonly arguments?: readonly (readonly [argument: string, meaning: string])[];
}

/** Commands of every program, in the order of the help. */
export const PLATFORM_COMMANDS = {
  serve: { summary: "serve the API until stopped (default)", forms: [""] },
  dev: { summary: "serve the API, and print its address and example requests", forms: [""] },
  worker: {
    summary: "run background work, such as event delivery, without serving the API",
    forms: [""],
  },
  lambda: { summary: "serve the API on AWS Lambda, as its custom runtime", forms: [""] },
  migrate: {
    summary: "apply, revert, list, check or create database migrations",
    forms: [
      "up [--dry-run]",
      "down [n] [--dry-run]",
      "status",
      "lint [--all | <file> …]",
      "new <name> --service <service>",
    ],
    arguments: [
      ["up", "apply all pending migrations"],
      ["down [n]", "revert the last n migrations (default: 1)"],
      ["status", "list applied and pending migrations"],
      ["lint", "report statements of pending migrations that block the running version or make it fail"],
      ["--all, <file> …", "check all migrations, or these, without the database"],
      ["new <name>", "create an empty migration file"],
      ["--dry-run", "print the SQL without executing it"],
      ["--service <service>", "service that owns the new migration"],
    ],
  },
  config: {
    summary: "print every setting with its value and source",
    forms: ["[--json]"],
    arguments: [["--json", "print JSON instead of a table"]],
  },
  openapi: {
    summary: "print an OpenAPI document, or list the documents",
    forms: ["[<name>] [--yaml]"],
    arguments: [
      ["<name>", "document to print (default: list their names)"],
      ["--yaml", "print YAML instead of JSON"],
    ],
  },
  healthcheck: {
    summary: "ask the running program whether it is ready, for containers without an HTTP client",
    forms: ["[--live] [--worker]"],
    arguments: [
      ["--live", "request /livez instead of /readyz"],
      ["--worker", "request it on ADMIN_PORT, where `worker` serves it, instead of PORT"],
    ],
  },
  conform: {
    summary: "send the HTTP conformance tests to a running program, and print those that fail",
    forms: [
      "<url> [--document <doc>] [--token <token>] [--header <field>] [--only <text>] [--full] [--allow-remote]",
      "<url> --history [--seconds <n>] [--seed <n>] [--document <doc>] [--token <token>] [--header <field>] [--allow-remote]",
    ],
    arguments: [
      ["<url>", "scheme, host and port of the program"],
      ["--document <doc>", "path or URL of its OpenAPI document (default: those that it serves at /openapi)"],
      [
        "--token <token>",
        "bearer token of every request; where security is declared, others are tested, too",
      ],
      ["--header <field>", '"Name: value", sent with every request; may be repeated'],
      ["--only <text>", 'only tests with this in "document theme: row", such as "profile bodies: POST"'],
      ["--full", "send all values to every operation, not each kind once and a part of them elsewhere"],
      ["--history", "instead record concurrent operations, and check that their history is consistent"],
      ["--seconds <n>", "duration of the history (default: 20)"],
      ["--seed <n>", "seed of its operations (default: 1)"],
      ["--allow-remote", "accept an address of another machine"],
    ],
  },
  token: {
    summary: "create an access token for development",
    forms: ['[--subject <name>] [--scope "<scope> …"] [--expires <duration>]'],
    arguments: [
      ["--subject <name>", "subject of the token (default: developer)"],
      ['--scope "<scope> …"', "scopes of the token (default: all)"],
      ["--expires <duration>", "lifetime, from 1s to 720h (default: 1h)"],
    ],
  },
  keys: {
    summary: "create, list or revoke API keys",
    forms: [
      'create --name <name> [--subject <name>] [--scope "<scope> …"] [--expires <time>]',
      "list [--json]",
      "revoke <id>",
    ],
    arguments: [
      ["create", "create a key and print it; only its hash is stored"],
      ["list", "show all keys with their last use"],
      ["revoke <id>", "revoke a key; processes accept it for at most AUTH_API_KEY_TTL"],
      ["--name <name>", "name that describes the key"],
      ["--subject <name>", "caller that the key identifies (default: the key itself)"],
      ['--scope "<scope> …"', "scopes of the key (default: none)"],
      ["--expires <time>", "lifetime such as 90d or 12h, or a date (default: never)"],
      ["--json", "print JSON instead of a table"],
    ],
  },
  db: {
    summary: "copy, dump or restore the database, or show the status of all servers",
    forms: ["copy --to <url>", "dump > <file>", "restore < <file>", "status [--json]"],
    arguments: [
      ["copy", "copy the embedded database to an empty one; run it again to continue an interrupted copy"],
      ["dump", "write the embedded database to the standard output, as SQL"],
      ["restore", "restore a dump from the standard input into the configured database, which must be empty"],
      ["status", "show role, replication lag, size and connections of each server"],
      ["--to <url>", "target database (default: COPY_TO_URL)"],
      ["--json", "print JSON instead of a table"],
    ],
  },
  version: {
    summary: "print the version, commit, runtime, flavour and target",
    forms: ["[--json]"],
    arguments: [["--json", "print JSON instead of lines"]],
  },
} as const satisfies Readonly<Record<string, CommandHelp>>;

export type PlatformCommand = keyof typeof PLATFORM_COMMANDS;
