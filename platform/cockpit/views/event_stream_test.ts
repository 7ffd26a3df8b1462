import { assertEquals } from "@std/assert";
import { eventStream, type Send } from "./event_stream.ts";

/** Returns a stream, what sends to it, and whether its source was disposed of. */
function open(
  stopping: AbortSignal,
): { readonly response: Response; readonly send: Send; isDisposed: () => boolean } {
  let isDisposed = false;
  let send: Send = () => {};
  const response = eventStream((to) => {
    send = to;
    return { [Symbol.dispose]: () => void (isDisposed = true) };
  }, stopping);
  return { response, send, isDisposed: () => isDisposed };
}

Deno.test("eventStream() ends when the page leaves, does not read, or the program stops", async () => {
  const stopping = new AbortController();
  const left = open(stopping.signal);
  await left.response.body?.cancel();
  left.send("late");
  const unread = open(stopping.signal);
  for (let count = 0; count < 1_000; count++) unread.send(count);
  const read = open(stopping.signal);
  read.send({ rows: [] });
  assertEquals([left.isDisposed(), unread.isDisposed(), read.isDisposed()], [true, true, false]);
  stopping.abort();
  read.send("late");
  assertEquals([read.isDisposed(), await read.response.text()], [
    true,
    ': connected\n\ndata: {"rows":[]}\n\n',
  ]);
  assertEquals((await unread.response.text()).trimEnd().split("\n\n").length, 202);
});
