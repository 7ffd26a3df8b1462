import { NewError } from "../usage_error.ts";

/** Arguments of `deno task new service <name> --from <document>`. */
export interface DocumentServiceOptions {
  readonly kind: "document-service";
  /** Name in kebab or snake case. */
  readonly name: string;
  /** Path of the document. */
  readonly from: string;
  /** Prefix of all paths. @default that of the document's first server */
  readonly prefix: string | undefined;
  readonly isOwned: boolean;
  /** Whether to list the files instead of writing them. */
  readonly isDryRun: boolean;
}

/** Options of the command line that are for documents, or exclude them. */
interface Values {
  readonly from?: string | undefined;
  readonly prefix?: string | undefined;
  readonly field?: readonly string[] | undefined;
  readonly singular?: string | undefined;
}

/**
 * Parses the options of a service for a document.
 *
 * @returns undefined if there is no document.
 * @throws {NewError} for arguments that are invalid.
 */
export function parseDocumentService(
  { from, prefix, field, singular }: Values,
  options: Pick<DocumentServiceOptions, "isDryRun" | "isOwned" | "name">,
): DocumentServiceOptions | undefined {
  if (from === undefined) {
    if (prefix === undefined) return undefined;
    throw new NewError("--prefix is for the paths of a document: add --from <document>");
  }
  if (field !== undefined || singular !== undefined) {
    throw new NewError("--from takes no --field and no --singular: the document has both");
  }
  return {
    kind: "document-service",
    ...options,
    name: checkedName(options.name),
    from,
    prefix: checkedPrefix(prefix),
  };
}

/** @throws {NewError} for a name that no service can have. */
function checkedName(name: string): string {
  if (/^[a-z][a-z0-9]*(?:[-_][a-z][a-z0-9]*)*$/.test(name) && name.length <= 24) return name;
  throw new NewError(
    `Invalid name ${
      JSON.stringify(name)
    }: use at most 24 lowercase letters and digits in words with "-" between, each ` +
      "starting with a letter, such as train-travel",
  );
}

function checkedPrefix(prefix: string | undefined): string | undefined {
  if (prefix === undefined || /^(?:\/[\w.~-]+)+$/.test(prefix)) return prefix;
  if (prefix === "/" || prefix === "") return "";
  throw new NewError(
    `Invalid --prefix ${JSON.stringify(prefix)}: expected a path such as /v1, or / for none`,
  );
}
