/** Folder of the program, as a URL: paths below it are shown without it. */
const ROOT = new URL("../../../", import.meta.url).href;

/** How many frames of a stack are kept. */
const MAX_FRAMES = 30;

/** "at call (url:line:column)" or "at url:line:column". Frames without a place, as of Promise.all, tell nothing. */
const FRAME = /^ +at (?:(.+?) \()?(?:async )?((?:file|https?|ext|node|npm|jsr):\S+?):(\d+):(\d+)\)?$/;

/** One call on a stack. */
export interface StackFrame {
  /** The function, as V8 names it, e.g. "async ProfileService.get"; undefined at the top of a file. */
  readonly call: string | undefined;
  readonly url: string;
  /** The file without what is the same for all of them: "server/problem.ts", "npm:postgres/3.4.9/src/connection.js". */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Whether it is a file of the project, and not of a package or the runtime. */
  readonly isOwn: boolean;
}

/** The frames of an error's stack, innermost first. Nothing of its message is among them. */
export function stackFrames({ stack, message }: Error): StackFrame[] {
  if (typeof stack !== "string") return [];
  // The message comes first and may have lines that look like frames.
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

/** A frame in one line, e.g. "async ProfileService.get (profile_service/app.ts:61:20)". */
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
