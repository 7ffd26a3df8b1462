import type { JsonValue } from "@archway/server/operation.ts";
import { DiagnosticList, type Place } from "../diagnostics.ts";
import { child, elements, isArray, type Located, member, textMember } from "../json_value.ts";
import { ConfigReader } from "../config_reader.ts";
import { parseYaml } from "../parse_yaml.ts";

/** Text of an overlay (OpenAPI Overlay Specification 1.0). */
export interface OverlaySource {
  /** File, as in messages. */
  readonly file: string;
  readonly text: string;
}

/** Change of the parts of a document that a JSONPath selects. */
export interface OverlayAction {
  /** JSONPath (RFC 9535). */
  readonly target: string;
  /** Undefined if the parts are removed. */
  readonly update: JsonValue | undefined;
  readonly targetPlace: Place;
  readonly updatePlace: Place;
}

const FIELDS = ["overlay", "info", "extends", "actions"];
const ACTION_FIELDS = ["target", "description", "update", "remove"];

/**
 * Reads the actions of an overlay, in their order.
 *
 * @throws {GenerationError} with all diagnostics of the file
 */
export function readOverlay({ file, text }: OverlaySource): readonly OverlayAction[] {
  const diagnostics = new DiagnosticList(file);
  const root: Located = { value: parseYaml(text, diagnostics), pointer: "" };
  diagnostics.throwIfAny();
  if (!/^1\.0\.\d+$/.test(textMember(root.value, "overlay") ?? "")) {
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
    const isRemoval = reader.flag(action, "remove") === true;
    const update = member(action.value, "update");
    if (target === undefined) diagnostics.add(action.pointer, "An action needs a target, a JSONPath");
    else if (!isRemoval && update === undefined) {
      diagnostics.add(action.pointer, "An action needs update, or remove: true");
    } else {
      actions.push({
        target: target.text,
        update: isRemoval ? undefined : update,
        targetPlace: diagnostics.locate(`${action.pointer}/target`),
        updatePlace: diagnostics.locate(`${action.pointer}/update`),
      });
    }
  }
  diagnostics.throwIfAny();
  return actions;
}
