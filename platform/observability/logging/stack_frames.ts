/** URL of the project's folder; files below it are shown relative to it. */
const ROOT = new URL("../../../", import.meta.url).href;

/** Maximum number of frames. */
const MAX_FRAMES = 30;

/** "at call (url:line:column)" or "at url:line:column". Frames without a place, such as Promise.all, are skipped. */
const FRAME = /^ +at (?:(.+?) \()?(?:async )?((?:file|https?|ext|node|npm|jsr):\S+?):(\d+):(\d+)\)?$/;

/** A frame of a stack. */
export interface StackFrame {
  /** Function as V8 names it, such as "async ProfileService.get"; undefined at the top level of a file. */
  readonly call: string | undefined;
  readonly url: string;
  /** Shortened file, such as "server/problem.ts" or "npm:postgres/3.4.9/src/connection.js". */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Whether it is a file of the project, as opposed to a package or the runtime. */
  readonly isOwn: boolean;
}

/** Parses the stack of an error into frames, innermost first, without its message. */
export function stackFrames({ stack, message }: Error): StackFrame[] {
  if (typeof stack !== "string") return [];
  // The message precedes the frames and may contain lines that look like frames.
  const start = stack.indexOf(message);
  const lines = stack.slice(start === -1 ? 0 : start + message.length).split("\n");
  const frames: StackFrame[] = [];
  for (const line of lines) {
    const [, call, url, row, column] = FRAME.exec(line) ?? [];
    if (url === undefined) continue;
    frames.push({ call, url, ...fileOf(url), line: Number(row), column: Number(column) });
    if (frames.length === MAX_FRAMES) break;
  }
  return frames;
}

/** Formats a frame, such as "async ProfileService.get (profile_service/app.ts:61:20)". */
export function frameLine({ call, file, line, column }: StackFrame): string {
  const place = `${file}:${line}:${column}`;
  return call === undefined ? place : `${call} (${place})`;
}

function fileOf(url: string): Pick<StackFrame, "file" | "isOwn"> {
  const [, inPackage] = /.*(?:\/node_modules\/|\/npm\/[^/]+\/)(.+)$/.exec(url) ?? [];
  if (inPackage !== undefined) return { file: `npm:${inPackage}`, isOwn: false };
  if (url.startsWith(ROOT)) return { file: url.slice(ROOT.length), isOwn: true };
  return { file: url, isOwn: url.startsWith("file:") };
}
