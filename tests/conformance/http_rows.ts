import type { Suite } from "@archway/tools/support/conformance/suite.ts";
import type { HttpTheme } from "./http_theme.ts";
import { CONDITIONALS } from "./rows/conditionals.ts";
import { CURSORS } from "./rows/cursors.ts";
import { ENCODINGS } from "./rows/encodings.ts";
import { FRAMING } from "./rows/framing.ts";
import { HEADERS } from "./rows/headers.ts";
import { HEADS } from "./rows/heads.ts";
import { INJECTIONS } from "./rows/injections.ts";
import { JSON_BODIES } from "./rows/json_bodies.ts";
import { METHODS } from "./rows/methods.ts";
import { PATCHES } from "./rows/patches.ts";
import { PATHS } from "./rows/paths.ts";
import { QUERIES } from "./rows/queries.ts";
import { SIZES } from "./rows/sizes.ts";
import { TOKENS } from "./rows/tokens.ts";

/** Every negative test of HTTP in general, by theme. */
export const HTTP_THEMES: readonly HttpTheme[] = [
  // Some of these wait for a time to pass: the others run meanwhile.
  FRAMING,
  HEADS,
  ENCODINGS,
  JSON_BODIES,
  INJECTIONS,
  PATCHES,
  HEADERS,
  METHODS,
  PATHS,
  QUERIES,
  CURSORS,
  CONDITIONALS,
  TOKENS,
  SIZES,
];

/** Returns a suite with the rows about HTTP in general that apply to its list. */
export function withHttpRows(suite: Suite): Suite {
  if (suite.sample === undefined) return suite;
  const themes = HTTP_THEMES.map(({ name, rows, contactRows = [] }) => ({
    name,
    rows: suite.isLikeContacts ? [...rows, ...contactRows] : rows,
  }));
  return { ...suite, themes: [...themes, ...suite.themes] };
}
