import { assertEquals, assertThrows } from "@std/assert";
import { parseConformOptions } from "./conform_options.ts";

Deno.test("parseConformOptions() takes this machine's addresses, and others only if that is confirmed", () => {
  for (
    const url of ["http://127.0.0.1:8080", "http://127.9.9.9", "http://localhost:1", "https://[::1]:8443"]
  ) {
    assertEquals(parseConformOptions([url]).url, url);
  }
  for (const host of ["example.com", "127.0.0.1.example.com", "10.0.0.1", "localhost.example"]) {
    assertThrows(() => parseConformOptions([`http://${host}`]), TypeError, "--allow-remote");
    assertEquals(parseConformOptions([`http://${host}`, "--allow-remote"]).url, `http://${host}`);
  }
  const options = ["--header", "A: b c", "--token", "t", "--only", "json", "--document", "a.yaml", "--full"];
  assertEquals(parseConformOptions(["http://localhost:1/", ...options]), {
    url: "http://localhost:1",
    document: "a.yaml",
    fields: [["A", "b c"], ["Authorization", "Bearer t"]],
    only: "json",
    isFull: true,
  });
  const { history } = parseConformOptions(["http://localhost", "--history", "--seconds", "5", "--seed", "9"]);
  assertEquals(history, { seconds: 5, seed: 9 });
});

Deno.test("parseConformOptions() refuses what is no address of a service, and no field", () => {
  const addresses = ["nonsense", "ftp://127.0.0.1", "http://127.0.0.1/v1", "http://a:b@127.0.0.1"];
  const options = [["http://127.0.0.2"], ["--header", "no field"], ["--header", "A: b\r\nC: d"], ["--nope"], [
    "--history",
    "--seconds",
    "0",
  ]];
  for (const option of [["--only", "json"], ["--full"]]) {
    const line = ["http://localhost", "--history", ...option];
    assertThrows(() => parseConformOptions(line), TypeError, `${option[0]} selects HTTP conformance tests`);
  }
  const lines = [
    [],
    ...addresses.map((url) => [url]),
    ...options.map((rest) => ["http://127.0.0.1", ...rest]),
  ];
  for (const line of lines) assertThrows(() => parseConformOptions(line), TypeError);
});
