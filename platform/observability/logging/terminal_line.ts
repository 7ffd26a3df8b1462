import {
  getAnsiColorFormatter,
  getTextFormatter,
  type LogRecord,
  type TextFormatter,
} from "@logtape/logtape";
import { describeError } from "./describe_error.ts";
import { redactText } from "@archway/service_kit/redact_text.ts";
import { terminalError } from "./terminal_error.ts";
import { printable, STYLES, type TerminalStyles, UNSTYLED } from "./terminal_styles.ts";

/** Options of lines for a terminal. */
export interface TerminalLineOptions {
  /**
   * Whether to show messages of errors unredacted, for the terminal of a developer.
   *
   * @default false
   */
  readonly inFull?: boolean;
  /**
   * Whether lines have colors.
   *
   * @default true
   */
  readonly colors?: boolean;
}

/**
 * Returns a formatter that writes one short line per record. Below errors it adds the values that the line does not
 * show, and every `Error` among them with its causes and frames (terminal_error.ts).
 */
export function terminalLineFormatter(
  { inFull = false, colors = true }: TerminalLineOptions = {},
): TextFormatter {
  const format = colors ? getAnsiColorFormatter({ value: "bare" }) : getTextFormatter({ value: "bare" });
  const styles = colors ? STYLES : UNSTYLED;
  return (record) => {
    const line = redactText(format(withoutErrors(record)));
    if (record.level !== "error" && record.level !== "fatal") return line;
    const errors = Object.values(record.properties).filter((value) => value instanceof Error);
    const blocks = errors.map((error) => terminalError(describeError(error, { inFull }), styles));
    return `${line}${restOf(record, styles)}${blocks.join("")}`;
  };
}

/** Replaces errors by their names: LogTape would write their messages unredacted. */
function withoutErrors(record: LogRecord): LogRecord {
  const message = record.message.map((part) => part instanceof Error ? describeError(part).name : part);
  return { ...record, message };
}

/** Returns the values that the line does not show. */
function restOf({ message, properties }: LogRecord, styles: TerminalStyles): string {
  const shown = new Set(message);
  const rest = Object.entries(properties).filter(([, value]) =>
    ["string", "number", "boolean"].includes(typeof value) && !shown.has(value)
  );
  if (rest.length === 0) return "";
  const text = rest.map(([name, value]) => `${name}=${value}`).join(" ");
  return `  ${styles.dim(redactText(printable(text)))}\n`;
}
