import { assert, assertEquals } from "@std/assert";
import { createServer } from "../server.ts";
import {
  type ServerOption,
  withApi,
  withConnectionLimits,
  withLogger,
  withWriteTimeout,
} from "../server_options.ts";
import { FRAME, Http2Client } from "../testing/http2_client.ts";
import { LogRecorder } from "../testing/log_recorder.ts";
import { streamApi } from "../testing/stream_api.ts";

const VARIANTS: readonly [variant: string, limits: ServerOption[]][] = [
  ["", []],
  [" with connection limits", [withConnectionLimits()]],
];

for (const [variant, limits] of VARIANTS) {
  Deno.test(`streams of HTTP/2${variant} fail, are cancelled and stall on their own`, async () => {
    const log = new LogRecorder();
    const cancelled: Promise<unknown>[] = [];
    const endless = (): ReadableStream<Uint8Array> => {
      const { promise, resolve } = Promise.withResolvers<unknown>();
      cancelled.push(promise);
      return new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(16_384)),
        cancel: resolve,
      });
    };
    const streams = [
      endless,
      () =>
        ReadableStream.from(async function* (): AsyncGenerator<Uint8Array> {
          yield await Promise.resolve(new Uint8Array(3));
          throw new Error("The disk is gone");
        }()),
      endless,
    ];
    await using server = createServer(
      "127.0.0.1",
      0,
      withApi(streamApi({ readFile: () => Promise.resolve({ status: 200, body: streams.shift()?.() }) })),
      withLogger(log),
      withWriteTimeout(1_500),
      ...limits,
    );
    using client = await Http2Client.open((await server.listen()).url);
    const get = (): Promise<number> => client.request({ ":authority": "x", ":path": "/file" });
    const dataOf = (stream: number): Promise<unknown> =>
      client.frame((frame) => frame.type === FRAME.data && frame.stream === stream);

    // Cancelled by the client.
    const first = await get();
    await dataOf(first);
    await client.send({ type: FRAME.reset, stream: first, payload: [0, 0, 0, 8] });
    await cancelled[0];

    // The window of the connection, which the first has used up.
    await client.send({ type: FRAME.windowUpdate, payload: [0, 1, 0, 0] });
    const second = await get();
    const reset = await client.frame((frame) => frame.type === FRAME.reset && frame.stream === second);
    assert(reset !== undefined, "The stream ended as if it were complete");

    // Not read by the client.
    const third = await get();
    await dataOf(third);
    const reason = await cancelled[1];
    assert(reason instanceof DOMException || String(reason).includes("closed"), String(reason));
    assertEquals(log.lines.filter(({ properties }) => "error" in properties).length, 1);
  });
}
