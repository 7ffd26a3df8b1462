import { assert, assertEquals } from "@std/assert";
import { frameLine, stackFrames } from "./stack_frames.ts";

const ROOT = new URL("../../../", import.meta.url).href;

function errorWith(stack: string, message = "Broken"): Error {
  return Object.assign(new Error(message), { stack });
}

Deno.test("stackFrames() returns function, file, line and column, with files relative to the project", () => {
  const frames = stackFrames(errorWith(`Error: Broken
    at read (${ROOT}note_service/app.ts:1:2)
    at async file:///elsewhere/main.ts:3:4
    at async Promise.all (index 0)
    at new Note (${ROOT}server/a%20b(c).ts:5:6)
    at Connection.data (file:///cache/npm/registry.example.org/postgres/3.4.9/src/connection.js:7:8)
    at f (file:///a/node_modules/.deno/ioredis@6.0.0/node_modules/ioredis/built/Redis.js:9:10)
    at Object.x [as y] (ext:deno_http/00_serve.ts:11:12)
    at node:internal/timers:13:14
    at Array.map (<anonymous>)`));
  assertEquals(frames.map(frameLine), [
    "read (note_service/app.ts:1:2)",
    "file:///elsewhere/main.ts:3:4",
    "new Note (server/a%20b(c).ts:5:6)",
    "Connection.data (npm:postgres/3.4.9/src/connection.js:7:8)",
    "f (npm:ioredis/built/Redis.js:9:10)",
    "Object.x [as y] (ext:deno_http/00_serve.ts:11:12)",
    "node:internal/timers:13:14",
  ]);
  assertEquals(frames.map(({ isOwn }) => isOwn), [true, true, true, false, false, false, false]);
});

Deno.test("stackFrames() parses stacks of the engine", () => {
  const [first] = stackFrames(new Error("Broken"));
  assertEquals(first?.file, "platform/observability/logging/stack_frames_test.ts");
  const line = (first?.line ?? 0) - 1;
  assert(
    Deno.readTextFileSync(import.meta.filename ?? "").split("\n")[line]?.includes('new Error("Broken")'),
  );
});

Deno.test("stackFrames() ignores the message", () => {
  const message = `Broken\n    at planted (${ROOT}planted.ts:1:1)`;
  assertEquals(stackFrames(new Error(message)).filter(({ file }) => file === "planted.ts"), []);
});

Deno.test("stackFrames() is bounded and accepts an error without a stack", () => {
  const frame = `\n    at read (${ROOT}note_service/app.ts:1:2)`;
  assertEquals(stackFrames(errorWith(`Error: Broken${frame.repeat(100_000)}`)).length, 30);
  assertEquals(stackFrames(errorWith(`Error: Broken\n    at ${"(".repeat(100_000)}`)), []);
  const bare = new Error("Broken");
  delete bare.stack;
  assertEquals(stackFrames(bare), []);
});
