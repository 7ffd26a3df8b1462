import { dirname, join, posix } from "node:path";
import { DiagnosticList } from "../../oapi_codegen/diagnostics/diagnostics.ts";
import { child, type Located } from "../../oapi_codegen/document/json_value.ts";
import { serverPrefix } from "../../oapi_codegen/operations/server_prefix.ts";
import { parseYaml } from "../../oapi_codegen/syntax/parse_yaml.ts";
import { DocumentText } from "../document_text.ts";
import { isOfOthers, type ServiceDocument } from "../existing_service.ts";
import { exists } from "../../support/exists.ts";
import { OverlaidDocument } from "../overlaid_document.ts";
import { NewError } from "../usage_error.ts";

/** Document of a service that is opened for additions. */
export interface OpenedDocument extends ServiceDocument {
  readonly document: DocumentText;
  /** Returns the path that an operation at a path of the document is served at. */
  served(path: string): string;
  /**
   * Returns the files that have the additions: the document, or an overlay of a document of others.
   *
   * @param description of the additions
   */
  files(description: string): Promise<WrittenFiles>;
}

/** Texts of files by path. */
export interface WrittenFiles {
  readonly changed: ReadonlyMap<string, string>;
  readonly created: ReadonlyMap<string, string>;
}

/** Opens a document of a service with its overlays. */
export async function openDocument(root: string, described: ServiceDocument): Promise<OpenedDocument> {
  const { path, overlays, basePath } = described;
  const read = (file: string): Promise<string> => Deno.readTextFile(join(root, file));
  const text = await read(path);
  const existing = await Promise.all(
    overlays.map(async (file) => await exists(join(root, file)) ? [{ file, text: await read(file) }] : []),
  );
  const overlaid = isOfOthers(described)
    ? new OverlaidDocument(path, { text, overlays: existing.flat() })
    : undefined;
  const document = overlaid ?? new DocumentText(path, text);
  const whole: Located = { value: parseYaml(document.text, new DiagnosticList(path)), pointer: "" };
  return {
    ...{ ...described, document },
    served: (own) => {
      const paths = child(whole, "paths");
      const item = paths && child(paths, own);
      return serverPrefix(whole, { levels: item === undefined ? [] : [item], basePath }) + own;
    },
    files: async (description) =>
      overlaid === undefined
        ? { changed: new Map([[path, document.text]]), created: new Map() }
        : await overlayFiles(root, { described, overlaid, description }),
  };
}

/** Returns an overlay with the additions, and the settings that apply it. */
async function overlayFiles(
  root: string,
  { described: { path, overlays, settings }, overlaid, description }: {
    readonly described: ServiceDocument;
    readonly overlaid: OverlaidDocument;
    readonly description: string;
  },
): Promise<WrittenFiles> {
  const file = overlays.at(-1) ?? `${posix.dirname(path)}.overlay.yaml`;
  const text = await exists(join(root, file)) ? await Deno.readTextFile(join(root, file)) : undefined;
  const overlay = overlaid.overlayWith(description, { path: file, text });
  if (overlays.length > 0) {
    const written = new Map([[file, overlay]]);
    return text === undefined
      ? { changed: new Map(), created: written }
      : { changed: written, created: new Map() };
  }
  if (text !== undefined) {
    throw new NewError(
      `${file} exists, but ${settings} does not apply it; nothing was written. Add it to overlays there, or remove it`,
    );
  }
  const configuration = new DocumentText(settings, await Deno.readTextFile(join(root, settings)));
  const name = posix.relative(dirname(settings), file);
  configuration.insert([], `overlays: [${JSON.stringify(name)}]`, "options");
  return { changed: new Map([[settings, configuration.text]]), created: new Map([[file, overlay]]) };
}

/** Returns a path as a document has it: without the prefix that it is served below. */
export function pathInDocument(path: string, { document, served }: OpenedDocument): string {
  const prefix = served("");
  if (prefix === "" || !path.startsWith(`${prefix}/`)) return path;
  const first = (one: string): string | undefined => one.split("/")[1];
  const known = (document.keys("paths") ?? []).map(first);
  const below = path.slice(prefix.length);
  // The prefix may be the first word of the document's paths, too.
  return known.includes(first(below)) || !known.includes(first(path)) ? below : path;
}
