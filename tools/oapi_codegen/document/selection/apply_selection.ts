import type { ConfigEntry } from "../../config/config_reader.ts";
import type { DiagnosticList } from "../../diagnostics/diagnostics.ts";
import type { JsonObject } from "../json_value.ts";
import { NO_RULES, type SelectionRules, Selector } from "../../config/selection.ts";
import { selectParts } from "./select_parts.ts";

/** Selected parts of a document. */
export interface Selection {
  readonly include: SelectionRules;
  readonly exclude: SelectionRules;
  /** Tags of operations that others serve: the served document keeps them. */
  readonly excludeTags: readonly ConfigEntry[];
  /** Names of security schemes that are used without being referenced. */
  readonly schemes: readonly string[];
}

/** Document to generate code from, and the one to serve. */
export interface AppliedSelection {
  readonly document: JsonObject;
  readonly served: JsonObject;
}

/** Applies a selection. Diagnostics of what it removes are dropped; unused rules are warnings. */
export function applySelection(
  whole: JsonObject,
  { selection, diagnostics }: { readonly selection: Selection; readonly diagnostics: DiagnosticList },
): AppliedSelection {
  const { schemes } = selection;
  const include = new Selector(selection.include);
  const exclude = new Selector(selection.exclude);
  const others = new Selector({ ...NO_RULES, tags: selection.excludeTags });
  const served = selectParts(whole, { include, exclude, schemes });
  const own = selectParts(served.document, { include: new Selector(NO_RULES), exclude: others, schemes });
  diagnostics.drop([...served.removed, ...own.removed]);
  for (const pointer of served.emptied) {
    diagnostics.add(
      pointer,
      "The configuration leaves no media type here; include one, or exclude the operation",
    );
  }
  for (const [place, message] of [include, exclude, others].flatMap(({ unused }) => unused)) {
    diagnostics.warnAt(place, message);
  }
  return { document: own.document, served: served.document };
}
