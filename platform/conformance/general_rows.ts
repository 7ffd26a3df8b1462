import type { Theme } from "./row.ts";
import { FIELDS } from "./rows/fields.ts";
import { FRAMING, TIMEOUTS } from "./rows/framing.ts";
import { HEADS } from "./rows/heads.ts";
import { HOUSE_ROWS } from "./rows/house.ts";
import { ENDLESS_ROWS, SIZE_ROWS } from "./rows/sizes.ts";
import { TARGET_ROWS } from "./rows/targets.ts";

/** Tests of HTTP that depend on no document. */
export const TRANSPORT: readonly Theme[] = [FRAMING, HEADS, FIELDS, TARGET_ROWS, SIZE_ROWS];

/** The same for programs of Archway. Those that wait for a time to pass come first: the others run meanwhile. */
export const GENERAL: readonly Theme[] = [TIMEOUTS, ...TRANSPORT, ENDLESS_ROWS, HOUSE_ROWS];
