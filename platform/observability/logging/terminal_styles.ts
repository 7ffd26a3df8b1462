/** How parts of a text look on a terminal. */
export interface TerminalStyles {
  dim(text: string): string;
  bold(text: string): string;
  red(text: string): string;
  cyan(text: string): string;
}

/** Select Graphic Rendition (ECMA-48, section 8.3.117): on, and off again. */
function style(on: number, off: number): (text: string) => string {
  return (text) => `\x1b[${on}m${text}\x1b[${off}m`;
}

export const STYLES: TerminalStyles = {
  dim: style(2, 22),
  bold: style(1, 22),
  red: style(31, 39),
  cyan: style(36, 39),
};

const asItIs = (text: string): string => text;

/** For terminals that are to have no colours. */
export const UNSTYLED: TerminalStyles = { dim: asItIs, bold: asItIs, red: asItIs, cyan: asItIs };

/** Control characters that terminals obey (ECMA-48, C0 and C1), but for the end of a line. */
// deno-lint-ignore no-control-regex
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g;

/** A text with its control characters escaped, so that what it repeats cannot move the cursor or forge a line. */
export function printable(text: string): string {
  return text.replaceAll(
    CONTROLS,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}
