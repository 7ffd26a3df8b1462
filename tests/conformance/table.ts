import type { Theme } from "./row.ts";
import { AMOUNTS } from "./rows/amounts.ts";
import { CONDITIONALS } from "./rows/conditionals.ts";
import { CURSORS } from "./rows/cursors.ts";
import { ENCODINGS } from "./rows/encodings.ts";
import { FRAMING } from "./rows/framing.ts";
import { HEADERS } from "./rows/headers.ts";
import { HEADS } from "./rows/heads.ts";
import { IDEMPOTENCY_KEYS } from "./rows/idempotency_keys.ts";
import { INJECTIONS } from "./rows/injections.ts";
import { JSON_BODIES } from "./rows/json_bodies.ts";
import { METHODS } from "./rows/methods.ts";
import { PATCHES } from "./rows/patches.ts";
import { PATHS } from "./rows/paths.ts";
import { PAYMENTS } from "./rows/payments.ts";
import { QUERIES } from "./rows/queries.ts";
import { SIZES } from "./rows/sizes.ts";
import { STATEMENTS } from "./rows/statements.ts";
import { TOKENS } from "./rows/tokens.ts";
import { WEBHOOKS } from "./rows/webhooks.ts";

/** Every hostile request there is, by theme. */
export const THEMES: readonly Theme[] = [
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
  AMOUNTS,
  IDEMPOTENCY_KEYS,
  PAYMENTS,
  STATEMENTS,
  WEBHOOKS,
  SIZES,
];
