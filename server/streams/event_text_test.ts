import { assertEquals, assertThrows } from "@std/assert";
import { eventText } from "./event_text.ts";

Deno.test("eventText() serializes every field, and data line by line", () => {
  const cases: [event: unknown, isJson: boolean, text: string][] = [
    [{ data: "a" }, false, "data: a\n\n"],
    [{ data: "a\nb\r\nc\rd" }, false, "data: a\ndata: b\ndata: c\ndata: d\n\n"],
    [{ data: "" }, false, "data: \n\n"],
    [{ data: { a: "\n" } }, false, 'data: {"a":"\\n"}\n\n'],
    [{ data: "a" }, true, 'data: "a"\n\n'],
    [{ data: null }, true, "data: null\n\n"],
    [{ event: "added", id: 7, retry: 100, data: "x" }, false, "event: added\nid: 7\nretry: 100\ndata: x\n\n"],
    [{ id: "", data: undefined }, false, "id: \n\n"],
  ];
  for (const [event, isJson, text] of cases) assertEquals(eventText(event, isJson), text);
});

Deno.test("eventText() throws for fields that would end their line", () => {
  for (
    const event of [
      { event: "a\ndata: b" },
      { id: "a\0" },
      { id: "a\r" },
      { retry: -1 },
      { retry: "1" },
      null,
    ]
  ) {
    assertThrows(() => eventText(event, false), TypeError);
  }
});
