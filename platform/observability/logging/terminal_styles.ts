/** Styles of texts on a terminal. */
export interface TerminalStyles {
  dim(text: string): string;
  bold(text: string): string;
  red(text: string): string;
  cyan(text: string): string;
}

/** Returns a style by its Select Graphic Rendition codes (ECMA-48, section 8.3.117). */
function style(on: number, off: number): (text: string) => string {
  return (text) => `\x1b[${on}m${text}\x1b[${off}m`;
}

/** Styles of a terminal with colors. */
export const STYLES: TerminalStyles = {
  dim: style(2, 22),
  bold: style(1, 22),
  red: style(31, 39),
  cyan: style(36, 39),
};

const unchanged = (text: string): string => text;

/** Styles without any effect. */
export const UNSTYLED: TerminalStyles = { dim: unchanged, bold: unchanged, red: unchanged, cyan: unchanged };

/** Control characters that terminals interpret (ECMA-48, C0 and C1), except newline. */
// deno-lint-ignore no-control-regex
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g;

/** Escapes control characters in a text, so that input in it cannot move the cursor or forge a line. */
export function printable(text: string): string {
  return text.replaceAll(
    CONTROLS,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}
