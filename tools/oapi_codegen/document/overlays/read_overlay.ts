import type { JsonValue } from "@archway/server/operation.ts";
import { DiagnosticList, type Place } from "../../diagnostics/diagnostics.ts";
import { child, elements, isArray, type Located, member, textMember } from "../json_value.ts";
import { ConfigReader } from "../../config/config_reader.ts";
import { parseYaml } from "../../syntax/parse_yaml.ts";

/** Text of an overlay (OpenAPI Overlay Specification 1.0 and 1.1). */
export interface OverlaySource {
  /** File, as in messages. */
  readonly file: string;
  readonly text: string;
}

/** Change of the parts of a document that a JSONPath selects. */
export interface OverlayAction {
  /** JSONPath (RFC 9535). */
  readonly target: string;
  /** Removal, or a value to merge; none if undefined. That of a copy is the JSONPath of a value in the document. */
  readonly change: "remove" | undefined | { readonly kind: "copy" | "update"; readonly value: JsonValue };
  readonly targetPlace: Place;
  readonly changePlace: Place;
}

const FIELDS = ["overlay", "info", "extends", "actions"];
const ACTION_FIELDS = ["target", "description", "update", "copy", "remove"];

/**
 * Reads the actions of an overlay, in their order.
 *
 * @throws {GenerationError} with all diagnostics of the file
 */
export function readOverlay({ file, text }: OverlaySource): readonly OverlayAction[] {
  const diagnostics = new DiagnosticList(file);
  const root: Located = { value: parseYaml(text, diagnostics), pointer: "" };
  diagnostics.throwIfAny();
  if (!/^1\.[01]\.\d+$/.test(textMember(root.value, "overlay") ?? "")) {
    diagnostics.add("/overlay", "Expected a version of the Overlay Specification such as 1.0.0");
  }
  const reader = new ConfigReader(diagnostics);
  reader.refuseUnknown(root, FIELDS);
  const actions: OverlayAction[] = [];
  const list = child(root, "actions");
  if (!isArray(list?.value) || list.value.length === 0) {
    diagnostics.add("/actions", "Expected a list of actions");
  }
  for (const action of elements(root, "actions")) {
    reader.refuseUnknown(action, ACTION_FIELDS);
    const target = reader.text(action, "target", { expected: "a JSONPath" });
    const change = changeOf(action, reader);
    if (target === undefined) diagnostics.add(action.pointer, "An action needs a target, a JSONPath");
    else {
      actions.push({
        target: target.text,
        change,
        targetPlace: diagnostics.locate(`${action.pointer}/target`),
        changePlace: diagnostics.locate(
          `${action.pointer}/${change === undefined || change === "remove" ? "remove" : change.kind}`,
        ),
      });
    }
  }
  diagnostics.throwIfAny();
  return actions;
}

/** Returns the change of an action; undefined if it has none. */
function changeOf(action: Located, reader: ConfigReader): OverlayAction["change"] | undefined {
  if (reader.flag(action, "remove") === true) return "remove";
  const update = member(action.value, "update");
  if (update !== undefined) return { kind: "update", value: update };
  const copy = reader.text(action, "copy", { expected: "a JSONPath" });
  return copy && { kind: "copy", value: copy.text };
}
