import type { JsonValue } from "@archway/server/operation.ts";
import { DiagnosticList } from "../diagnostics/diagnostics.ts";
import { isObject, type JsonObject, locate, member, textMember } from "./json_value.ts";
import { References } from "./references.ts";
import { addOperationDefaults } from "./defaults/add_operation_defaults.ts";
import { applySelection, type Selection } from "./selection/apply_selection.ts";
import { applyOverlays } from "./overlays/apply_overlays.ts";
import { Bundler } from "./bundle/bundler.ts";
import type { OverlaySource } from "./overlays/read_overlay.ts";
import type { ParameterName } from "./defaults/operation_conditions.ts";
import { type Addition, readOperationDefaults } from "./defaults/operation_defaults.ts";
import { checkOtherFiles, loadSources, type LoadSourcesOptions } from "./sources/load_sources.ts";
import {
  componentPointer,
  fragmentOf,
  type SourceFile,
  type SourceTarget,
  throwIfAny,
} from "./sources/sources.ts";

/** Self-contained document, and its diagnostics with locations in the source files. */
export interface BundledDocument {
  /** Without the parts that are not selected. */
  readonly document: JsonObject;
  /** With the operations that others serve. */
  readonly served: JsonObject;
  readonly diagnostics: DiagnosticList;
}

/** Options for bundling a document. */
export interface BundleDocumentOptions extends Omit<LoadSourcesOptions, "overlay"> {
  /** @default undefined, which selects everything */
  readonly selection?: Selection | undefined;
  /** Changes of the document, before anything is checked. @default none */
  readonly overlays?: readonly OverlaySource[];
}

/** Component named by the defaults, with the location of its name. */
interface Found {
  readonly from: { readonly file: SourceFile; readonly pointer: string };
  readonly value: JsonValue;
  /** Undefined if the document already has the component. */
  readonly target?: SourceTarget;
}

/**
 * Bundles a document into a self-contained one. Applies overlays, copies referenced components of other files into it, and applies its
 * `x-operation-defaults` and the selection.
 *
 * @param text the document as YAML or JSON
 * @throws {GenerationError} with all diagnostics of its files
 */
export async function bundleDocument(text: string, options: BundleDocumentOptions): Promise<BundledDocument> {
  const diagnostics = new DiagnosticList(options.file);
  const { overlays = [] } = options;
  const sources = await loadSources(text, {
    ...options,
    overlay: (document) => applyOverlays(document, { overlays, diagnostics }),
  });
  diagnostics.throwIfAny();
  const bundler = new Bundler(sources, diagnostics);
  const defaults = readOperationDefaults(sources);
  const root = bundler.bundleRoot();
  checkOtherFiles(sources);
  const references = new References(withComponents(root, bundler.components), diagnostics);
  const find = (group: string, { component, pointer: at }: Addition): Found | undefined => {
    if (defaults === undefined) return undefined;
    const pointer = componentPointer(group, component);
    const from = { file: defaults.file, pointer: at };
    const own = locate(references.root, pointer);
    if (own !== undefined) return { from, value: own.value };
    const other = locate(defaults.file.value, pointer);
    return other === undefined
      ? undefined
      : { from, value: other.value, target: { ...other, file: from.file } };
  };
  const document = addOperationDefaults(references, {
    rules: defaults?.rules ?? [],
    parameterOf(addition): ParameterName {
      const value = find("parameters", addition)?.value;
      return { name: textMember(value, "name") ?? addition.component, in: textMember(value, "in") ?? "" };
    },
    refer(group, { addition, at }): JsonObject {
      const found = find(group, addition);
      if (found !== undefined) bundler.origins.add(at, found.from);
      const pointer = found?.target === undefined
        ? componentPointer(group, addition.component)
        : bundler.bring(found.target, group);
      return { $ref: fragmentOf(pointer) };
    },
  });
  const whole = withComponents(document, bundler.components);
  const { selection } = options;
  const selected = selection === undefined
    ? { document: whole, served: whole }
    : applySelection(whole, { selection, diagnostics });
  throwIfAny(sources.files.values(), diagnostics);
  return { ...selected, diagnostics };
}

/** Adds components to the document's own, group by group. */
function withComponents(document: JsonObject, brought: ReadonlyMap<string, JsonObject>): JsonObject {
  if (brought.size === 0) return document;
  const own = member(document, "components");
  const components = new Map(Object.entries(isObject(own) ? own : {}));
  for (const [group, items] of brought) {
    const there = components.get(group);
    components.set(group, { ...isObject(there) ? there : {}, ...items });
  }
  return { ...document, components: Object.fromEntries(components) };
}
