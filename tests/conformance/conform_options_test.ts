import { assertEquals, assertThrows } from "@std/assert";
import { parseConformOptions } from "./conform_options.ts";

Deno.test("parseConformOptions() takes this machine's addresses", () => {
  for (
    const url of ["http://127.0.0.1:8080", "http://127.9.9.9", "http://localhost:1", "https://[::1]:8443"]
  ) {
    assertEquals(parseConformOptions([url])?.url, url);
  }
  assertEquals(parseConformOptions(["http://localhost:1/", "--header", "A: b c", "--only", "json"]), {
    url: "http://localhost:1",
    fields: [["A", "b c"]],
    only: "json",
  });
  assertEquals(parseConformOptions(["--help"]), undefined);
});

Deno.test("parseConformOptions() takes another machine's address only when that is said", () => {
  const urls = [
    "http://example.com",
    "http://127.0.0.1.example.com",
    "http://10.0.0.1",
    "http://localhost.example",
  ];
  for (const url of urls) {
    assertThrows(() => parseConformOptions([url]), TypeError, "--allow-remote");
    assertEquals(parseConformOptions([url, "--allow-remote"])?.url, url);
  }
});

Deno.test("parseConformOptions() refuses what is no address of a service, and no field", () => {
  const lines = [
    [],
    ["nonsense"],
    ["ftp://127.0.0.1"],
    ["http://127.0.0.1/v1"],
    ["http://a:b@127.0.0.1"],
    ["http://127.0.0.1", "http://127.0.0.2"],
    ["http://127.0.0.1", "--header", "no field"],
    ["http://127.0.0.1", "--header", "A: b\r\nC: d"],
    ["http://127.0.0.1", "--nope"],
  ];
  for (const line of lines) assertThrows(() => parseConformOptions(line), TypeError);
});
