import type { LoggedFrame } from "@archway/service_kit/developer_tool.ts";

/** URL of the project's folder; files below it are shown relative to it. */
const ROOT = new URL("../../../", import.meta.url).href;

/** Maximum number of frames. */
const MAX_FRAMES = 30;

/** "at call (url:line:column)" or "at url:line:column". Frames without a place, such as Promise.all, are skipped. */
const FRAME = /^ +at (?:(.+?) \()?(?:async )?((?:file|https?|ext|node|npm|jsr):\S+?):(\d+):(\d+)\)?$/;

/** Parses the stack of an error into frames, innermost first, without its message. */
export function stackFrames({ stack, message }: Error): LoggedFrame[] {
  if (typeof stack !== "string") return [];
  // The message precedes the frames and may contain lines that look like frames.
  const start = stack.indexOf(message);
  const lines = stack.slice(start === -1 ? 0 : start + message.length).split("\n");
  const frames: LoggedFrame[] = [];
  for (const line of lines) {
    const [, call, url, row, column] = FRAME.exec(line) ?? [];
    if (url === undefined) continue;
    frames.push({ call, url, ...fileOf(url), line: Number(row), column: Number(column) });
    if (frames.length === MAX_FRAMES) break;
  }
  return frames;
}

/** Formats a frame, such as "async ProfileService.get (profile_service/app.ts:61:20)". */
export function frameLine({ call, file, line, column }: LoggedFrame): string {
  const place = `${file}:${line}:${column}`;
  return call === undefined ? place : `${call} (${place})`;
}

function fileOf(url: string): Pick<LoggedFrame, "file" | "isOwn"> {
  const [, inPackage] = /.*(?:\/node_modules\/|\/npm\/[^/]+\/)(.+)$/.exec(url) ?? [];
  if (inPackage !== undefined) return { file: `npm:${inPackage}`, isOwn: false };
  if (url.startsWith(ROOT)) return { file: url.slice(ROOT.length), isOwn: true };
  return { file: url, isOwn: url.startsWith("file:") };
}
