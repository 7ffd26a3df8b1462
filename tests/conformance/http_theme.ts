import type { Row, Theme } from "@archway/tools/support/conformance/row.ts";

/** Rows about HTTP in general, which any list passes that has a sample. */
export interface HttpTheme extends Theme {
  /** Rows about the properties and parameters of contacts. @default {[]} */
  readonly contactRows?: readonly Row[];
}
