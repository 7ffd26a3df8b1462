import { parseArgs } from "node:util";
import { type Field, parseFields } from "./field.ts";
import { type ServiceNames, serviceNames } from "./names.ts";
import { type DocumentServiceOptions, parseDocumentService } from "./from/document_arguments.ts";
import { parseEvent } from "./event/event_arguments.ts";
import type { NewEventOptions } from "./event/write_event.ts";
import { parseOperation } from "./operation/operation_arguments.ts";
import type { NewOperationOptions } from "./operation/write_operation.ts";
import { NewError } from "./usage_error.ts";

/** Arguments of `deno task new service`. */
export interface NewServiceOptions {
  readonly kind: "service";
  readonly names: ServiceNames;
  readonly fields: readonly Field[];
  readonly isOwned: boolean;
  /** Name of the service whose resources the new ones belong to. @default none */
  readonly owner?: string | undefined;
  /** Whether to list the files instead of writing them. */
  readonly isDryRun: boolean;
}

/** Arguments of `deno task new field`. */
export interface NewFieldOptions {
  readonly kind: "field";
  /** Name of the service. */
  readonly service: string;
  /** Resource in the singular. @default derived */
  readonly singular?: string | undefined;
  readonly field: Field;
  readonly isDryRun: boolean;
}

/** Arguments of `deno task new`. */
export type NewOptions =
  | NewServiceOptions
  | NewFieldOptions
  | NewOperationOptions
  | NewEventOptions
  | DocumentServiceOptions;

export const USAGE = `Usage: deno task new service <name> --field <name>:<type> [--field …] [options]
       deno task new service <name> --from <document> [--prefix <path>] [--owner <owner>] [--dry-run]
       deno task new field <service> <name>:<type>? [--singular <name>] [--dry-run]
       deno task new operation <service> '<METHOD> <path>' [options]
       deno task new event <service> <event> [--field <property>]

Writes a service: its OpenAPI document, domain, use cases, handlers, table, migration and tests, and its line in
services.ts; adds an optional field to such a service, with a migration; adds an operation to any service, with its
handler and test; or adds an event that webhooks receive. Then generates api/ and schema.sql. If a step fails, nothing
remains.

new service and new field:
  <name>               plural of the resource, such as orders or purchase-orders
  --field <name:type>  property that clients write; "?" after the type makes it optional. Types:
                         text           1 to 200 characters; text(500): up to 500
                         integer        32 bits; integer(1..10): in this range
                         money          amount and ISO 4217 currency, stored in minor units
                         enum(a,b)      one of these values
                         boolean, date, timestamp (UTC), uuid, email
  --owner <owner>      principal: a resource belongs to the caller who created it (default);
                       nothing: every caller with the scope can access all;
                       profiles: as principal, and each belongs to a profile of the caller, by a required profileId; or
                       another service that publishes a view of its resources
  --singular <name>    the resource in the singular, if it cannot be derived
  --from <document>    OpenAPI document to serve, in YAML or JSON, with the files that it refers to: collections get
                       tables and handlers, other operations respond with 501 until they are written
  --prefix <path>      prefix of the document's paths, such as /v1, or / for none; by default the path of its first server

new operation:
  '<METHOD> <path>'    such as 'POST /v1/orders/{id}:cancel' or 'GET /v1/orders/count'. POST /…/{id}:<verb> or /{id}/<verb>
                       changes the resource under ownership and If-Match: to the value of an enum that is the verb's
                       participle (cancel: cancelled), else when you have written it. All others respond with 501.
  --body <name:type>   property of the request body, as --field of new service
  --response <body>    resource, none, or <name>:<type> for each property; default: the resource for a verb, else none; a GET
                       needs it
  --scope <scope>      scope of the token; default: that of the operations beside it
  --parameter <name:type>  parameter of the path that the document has nowhere else
  --summary <text>     summary in the document; default: derived

new event:
  <event>              such as order.shipped, or shipped; order.created, order.updated and order.deleted are appended in the
                       transactions of these writes
  --field <property>   property of the resource, in created and updated events; <name>:<type> in all others

  --dry-run            list the files without writing any

Examples: deno task new service orders --field amount:money --field 'status:enum(open,paid)' --field 'note:text?'
          deno task new field orders 'dueOn:date?'
          deno task new operation orders 'POST /v1/orders/{id}:cancel' --body 'reason:text?'
          deno task new service trains --from ../trains.yaml
          deno task new event orders order.created --field status
`;

/** Options of each kind, besides --dry-run. */
const OPTIONS = {
  service: ["field", "from", "owner", "prefix", "singular"],
  field: ["singular"],
  operation: ["body", "response", "scope", "parameter", "summary"],
  event: ["field"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

type Kind = keyof typeof OPTIONS;
const KINDS = Object.keys(OPTIONS).map((kind) => `deno task new ${kind}`);

/**
 * Parses the command line.
 *
 * @returns undefined if the help is asked for.
 * @throws {NewError} for arguments that are invalid.
 */
export function parseNewArguments(
  args: readonly string[],
): NewOptions | undefined {
  const { values, positionals: [kind, name, ...others] } = parsed(args);
  const { help, owner = "principal", singular, "dry-run": isDryRun = false, field = [] } = values;
  if (help) return undefined;
  if (!isKind(kind)) {
    const found = kind === undefined ? "nothing" : JSON.stringify(kind);
    throw new NewError(`Expected one of ${KINDS.join(", ")}; found ${found}; see --help`);
  }
  if (name === undefined) {
    throw new NewError(`The name of the service is missing: deno task new ${kind} <name>`);
  }
  const known: readonly string[] = OPTIONS[kind];
  const foreign = Object.keys(values).find((option) => option !== "dry-run" && !known.includes(option));
  if (foreign !== undefined) throw new NewError(`deno task new ${kind} takes no --${foreign}; see --help`);
  if (kind === "field") {
    return { kind, service: name, singular, field: addedField(others), isDryRun };
  }
  if (kind === "operation") return { kind, service: name, ...parseOperation(others, values), isDryRun };
  if (kind === "event") return { kind, service: name, ...parseEvent(others, values), isDryRun };
  if (others.length > 0) {
    throw new NewError(`Unexpected argument ${JSON.stringify(others[0])}; a field is --field <name>:<type>`);
  }
  const isOwned = owner !== "nothing";
  const parent = owner === "principal" || owner === "nothing" ? undefined : owner;
  if (parent !== undefined && (values.from !== undefined || !/^[a-z][a-z0-9_-]{0,39}$/.test(parent))) {
    const services = values.from === undefined ? ", or the name of a service, such as profiles" : "";
    throw new NewError(
      `Invalid --owner ${JSON.stringify(owner)}; expected one of: principal, nothing${services}`,
    );
  }
  const document = parseDocumentService(values, { name, isOwned, isDryRun });
  if (document !== undefined) return document;
  return {
    ...{ kind, names: serviceNames(name, singular), fields: parseFields(field), isOwned },
    ...{ owner: parent, isDryRun },
  };
}

/** Whether `deno task new` writes it. */
export function isKind(kind: string | undefined): kind is Kind {
  return kind !== undefined && Object.hasOwn(OPTIONS, kind);
}

/** Parses the field that is added to a service: it is optional, because stored rows and clients lack it. */
function addedField(texts: readonly string[]): Field {
  const [text = ""] = texts;
  const [field] = texts.length === 1 ? parseFields(texts) : [];
  if (field === undefined) {
    throw new NewError(
      "Expected one field: deno task new field <service> <name>:<type>?, such as orders 'dueOn:date?'",
    );
  }
  if (!field.isOptional) {
    throw new NewError(
      `The field ${
        JSON.stringify(text)
      } must be optional, because stored rows and clients lack it: write '${text}?'`,
    );
  }
  if (field.type.kind === "money") {
    throw new NewError('Money can be added by hand only: docs/extending.md, "Add a field"');
  }
  return field;
}

// deno-lint-ignore explicit-function-return-type -- the type follows from the options
function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        field: { type: "string", multiple: true },
        from: { type: "string" },
        owner: { type: "string" },
        prefix: { type: "string" },
        singular: { type: "string" },
        body: { type: "string", multiple: true },
        response: { type: "string", multiple: true },
        scope: { type: "string" },
        parameter: { type: "string", multiple: true },
        summary: { type: "string" },
        "dry-run": { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message.split(". ")[0] : "";
    throw new NewError(`${message}; deno task new --help lists the options`, { cause });
  }
}
