import { assertEquals, assertThrows } from "@std/assert";
import { downloadResponse, parseRange, type RangeHeaders } from "./byte_range.ts";
import { Problem } from "./problem.ts";

Deno.test("parseRange() returns one range within the size, and undefined for the whole", () => {
  const expected: [string | undefined, [number, number] | undefined][] = [
    ["bytes=0-0", [0, 1]],
    ["bytes=0-99", [0, 10]],
    ["bytes=3-", [3, 10]],
    ["bytes=-4", [6, 10]],
    ["bytes=-40", [0, 10]],
    ["BYTES = 2-5", [2, 6]],
    [undefined, undefined],
    ["", undefined],
    ["bytes=", undefined],
    ["bytes=-", undefined],
    ["bytes=5-2", undefined],
    ["bytes=0-1,3-4", undefined],
    ["items=0-1", undefined],
    ["bytes=+1-2", undefined],
  ];
  for (const [header, range] of expected) {
    const found = parseRange(header, 10);
    assertEquals(found && [found.start, found.end], range, header);
  }
});

Deno.test("parseRange() throws 416 for a range outside the size", () => {
  for (
    const [header, size] of [["bytes=10-", 10], ["bytes=10-12", 10], ["bytes=-0", 10], [
      "bytes=-1",
      0,
    ]] as const
  ) {
    const error = assertThrows(() => parseRange(header, size), Problem);
    assertEquals([error.status, error.headers["Content-Range"]], [416, `bytes */${size}`], header);
  }
});

Deno.test("downloadResponse() sends a part only of the version that If-Range names", () => {
  const lastModified = new Date("2026-01-02T03:04:05Z");
  const content = { size: 3, content: new Uint8Array([1, 2, 3]), etag: '"a"', lastModified };
  const expected: [RangeHeaders, number][] = [
    [{}, 200],
    [{ Range: "bytes=0-1" }, 206],
    [{ Range: "bytes=0-1", "If-Range": '"a"' }, 206],
    [{ Range: "bytes=0-1", "If-Range": '"b"' }, 200],
    [{ Range: "bytes=0-1", "If-Range": 'W/"a"' }, 200],
    [{ Range: "bytes=0-1", "If-Range": "Fri, 02 Jan 2026 03:04:05 GMT" }, 206],
    [{ Range: "bytes=0-1", "If-Range": "Fri, 02 Jan 2026 03:04:06 GMT" }, 200],
  ];
  for (const [headers, status] of expected) assertEquals(downloadResponse(content, headers).status, status);
});

Deno.test("downloadResponse() opens a stream at the offset", async () => {
  const opened: unknown[] = [];
  const response = downloadResponse({
    size: 10,
    etag: '"a"',
    content: (range) => {
      opened.push(range);
      return ReadableStream.from([new Uint8Array(range.end - range.start)]);
    },
  }, { Range: "bytes=4-6" });
  assertEquals(response.headers, { "Accept-Ranges": "bytes", ETag: '"a"', "Content-Range": "bytes 4-6/10" });
  assertEquals(response.body.size, 3);
  assertEquals(opened, []);
  assertEquals((await new Response(await response.body.open()).bytes()).length, 3);
  assertEquals(opened, [{ start: 4, end: 7 }]);
});
