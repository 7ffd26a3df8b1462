import type { Theme } from "../row.ts";
import { bodyRows } from "./body_rows.ts";
import { conditionalRows } from "./conditional_rows.ts";
import type { Derivation } from "./derivation.ts";
import { listRows } from "./list_rows.ts";
import { mediaRows } from "./media_rows.ts";
import { methodRows } from "./method_rows.ts";
import { parameterRows } from "./parameter_rows.ts";
import { patchRows } from "./patch_rows.ts";
import { securityRows } from "./security_rows.ts";

const KINDS = [
  methodRows,
  parameterRows,
  bodyRows,
  mediaRows,
  conditionalRows,
  listRows,
  patchRows,
  securityRows,
];

/** Returns the tests that follow from a document, by theme. */
export function deriveThemes(derivation: Derivation): readonly Theme[] {
  return KINDS.map((kind) => kind(derivation));
}
