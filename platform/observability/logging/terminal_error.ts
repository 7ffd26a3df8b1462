import type { ErrorDescription } from "./describe_error.ts";
import { redactText } from "./redaction.ts";
import type { StackFrame } from "./stack_frames.ts";
import { printable, type TerminalStyles } from "./terminal_styles.ts";

/** Rooms of the platform: their frames are shown, and less bright than those of services. */
const PLATFORM = /^(?:api|db|platform|server|tools)\//;

/**
 * An error for a terminal: name, message, fields and frames, and below it what caused it. A frame has the URL of its
 * file, line and column, as terminals and editors open them; frames of packages and of the runtime are counted, but for
 * the first.
 */
export function terminalError(error: ErrorDescription, styles: TerminalStyles): string {
  const lines: string[] = [];

  function add(described: ErrorDescription, { label, indent }: { label: string; indent: string }): void {
    const { name, code, message, fields, frames, cause, errors = [] } = described;
    const kind = code === undefined ? name : `${name} [${code}]`;
    const [first = "", ...others] = redactText(printable(message)).split("\n");
    lines.push(`${indent}${styles.dim(label)}${styles.bold(styles.red(kind))}: ${first}`);
    const inner = `${indent}    `;
    lines.push(...others.map((line) => `${inner}${line}`));
    for (const [field, value] of Object.entries(fields)) {
      lines.push(`${inner}${styles.dim(`${field}:`)} ${redactText(printable(String(value)))}`);
    }
    lines.push(...frameLines(frames, styles).map((line) => `${inner}${line}`));
    for (const each of errors) add(each, { label: "- ", indent: inner });
    if (cause !== undefined) add(cause, { label: "caused by ", indent });
  }

  add(error, { label: "", indent: "  " });
  return `${lines.join("\n")}\n`;
}

function frameLines(frames: readonly StackFrame[], styles: TerminalStyles): string[] {
  const lines: string[] = [];
  let leftOut = 0;
  const count = (): void => {
    if (leftOut > 0) {
      lines.push(styles.dim(`… ${leftOut} ${leftOut === 1 ? "frame" : "frames"} of packages or Deno`));
    }
    leftOut = 0;
  };
  for (const [index, frame] of frames.entries()) {
    if (!frame.isOwn && index > 0) {
      leftOut++;
      continue;
    }
    count();
    lines.push(frameText(frame, styles));
  }
  count();
  return lines;
}

function frameText({ call, url, file, line, column, isOwn }: StackFrame, styles: TerminalStyles): string {
  const end = `:${line}:${column}`;
  if (!isOwn || PLATFORM.test(file)) {
    return styles.dim(call === undefined ? `at ${url}${end}` : `at ${call} (${url}${end})`);
  }
  const place = `${styles.dim(url.slice(0, url.length - file.length))}${styles.cyan(`${file}${end}`)}`;
  return call === undefined ? `at ${place}` : `at ${styles.bold(call)} (${place})`;
}
