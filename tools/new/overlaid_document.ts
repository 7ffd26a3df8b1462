import { stringify } from "yaml";
import { DiagnosticList, GenerationError } from "../oapi_codegen/diagnostics/diagnostics.ts";
import { formatDiagnostics } from "../oapi_codegen/diagnostics/format_diagnostics.ts";
import { applyOverlays } from "../oapi_codegen/document/overlays/apply_overlays.ts";
import type { OverlaySource } from "../oapi_codegen/document/overlays/read_overlay.ts";
import { parseYaml } from "../oapi_codegen/syntax/parse_yaml.ts";
import { DocumentText } from "./document_text.ts";
import { NewError } from "./usage_error.ts";

/** Document of others in YAML or JSON, with its overlays. It stays as it is: additions are actions of an overlay. */
export class OverlaidDocument extends DocumentText {
  /** Members by the JSONPath of the mapping that they are added to. */
  readonly #added = new Map<string, string>();

  /** @throws {NewError} for a document or an overlay with errors. */
  constructor(path: string, { text, overlays }: { text: string; overlays: readonly OverlaySource[] }) {
    super(path, overlaid(path, { text, overlays }));
  }

  override insert(path: readonly string[], member: string, before?: string): void {
    if (this.keys(...path) !== undefined) {
      const target = `$${path.map(segmentOf).join("")}`;
      this.#added.set(target, `${this.#added.get(target) ?? ""}${member.trimEnd()}\n`);
    }
    super.insert(path, member, before);
  }

  /**
   * Returns an overlay with the additions after the actions that it has.
   *
   * @param overlay path, and text if it exists
   * @throws {NewError} if its actions are written in brackets.
   */
  overlayWith(
    description: string,
    overlay: { readonly path: string; readonly text: string | undefined },
  ): string {
    const added = [...this.#added].map(([target, members]) =>
      `- target: ${JSON.stringify(target)}\n  description: ${JSON.stringify(description)}\n  update:\n${
        indented(members, "    ")
      }`
    ).join("");
    if (overlay.text === undefined) return `${NEW_OVERLAY}${indented(added, "  ")}`;
    const file = new DocumentText(overlay.path, overlay.text);
    const actions = file.source("actions");
    const indent = /^( *)- /m.exec(actions ?? "")?.[1];
    if (actions === undefined || indent === undefined) {
      throw new NewError(
        `${overlay.path} has no list of actions with each on lines of its own; nothing was written`,
      );
    }
    file.replace(actions, `${actions.trimEnd()}\n${indented(added, indent)}`);
    return file.text;
  }
}

const NEW_OVERLAY = `# Additions to the document by \`deno task new operation\`.
overlay: 1.0.0
info: { title: Additions, version: "1" }
actions:
`;

/** Returns a document with its overlays in block style YAML. */
function overlaid(
  path: string,
  { text, overlays }: { readonly text: string; readonly overlays: readonly OverlaySource[] },
): string {
  const diagnostics = new DiagnosticList(path);
  try {
    const written = parseYaml(text, diagnostics);
    diagnostics.throwIfAny();
    const document = applyOverlays(written, { overlays, diagnostics });
    diagnostics.throwIfAny();
    return stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 });
  } catch (error) {
    if (!(error instanceof GenerationError)) throw error;
    const lines = formatDiagnostics(error.diagnostics, { severity: "error", all: false });
    throw new NewError(`${path} cannot be read; nothing was written:\n${lines.join("\n")}`, { cause: error });
  }
}

function indented(text: string, by: string): string {
  return text.replaceAll(/^(?=.)/gm, by);
}

/** Returns a key as a segment of a JSONPath. */
function segmentOf(name: string): string {
  if (/^[A-Za-z_]\w*$/.test(name)) return `.${name}`;
  return `['${name.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}']`;
}
