import type { LoggedError, LoggedFrame } from "@archway/service_kit/developer_tool.ts";
import { redactText } from "@archway/service_kit/redact_text.ts";
import { printable, type TerminalStyles } from "./terminal_styles.ts";

/** Folders of the platform, whose frames are dimmed. */
const PLATFORM = /^(?:api|db|platform|server|tools)\//;

/**
 * Formats an error for a terminal: name, message, fields and frames, followed by its causes. Frames are URLs with line
 * and column, which terminals and editors can open. Frames of packages and the runtime are only counted, except for an
 * innermost one.
 */
export function terminalError(error: LoggedError, styles: TerminalStyles): string {
  const lines: string[] = [];

  function add(described: LoggedError, { label, indent }: { label: string; indent: string }): void {
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

function frameLines(frames: readonly LoggedFrame[], styles: TerminalStyles): string[] {
  const lines: string[] = [];
  let omitted = 0;
  const count = (): void => {
    if (omitted > 0) {
      lines.push(styles.dim(`… ${omitted} ${omitted === 1 ? "frame" : "frames"} of packages or Deno`));
    }
    omitted = 0;
  };
  for (const [index, frame] of frames.entries()) {
    if (!frame.isOwn && index > 0) {
      omitted++;
      continue;
    }
    count();
    lines.push(frameText(frame, styles));
  }
  count();
  return lines;
}

function frameText({ call, url, file, line, column, isOwn }: LoggedFrame, styles: TerminalStyles): string {
  const end = `:${line}:${column}`;
  if (!isOwn || PLATFORM.test(file)) {
    return styles.dim(call === undefined ? `at ${url}${end}` : `at ${call} (${url}${end})`);
  }
  const place = `${styles.dim(url.slice(0, url.length - file.length))}${styles.cyan(`${file}${end}`)}`;
  return call === undefined ? `at ${place}` : `at ${styles.bold(call)} (${place})`;
}
