import { assertEquals } from "@std/assert";
import { renderRequest } from "./render_request.ts";
import { type Row, utf8 } from "./row.ts";

const OPTIONS = { host: "127.0.0.1:1", fields: [["Authorization", "Bearer t"] as const] };
const EXPECT = { status: 200 } as const;

function render(request: Row["request"]): readonly string[] {
  return renderRequest({ name: "x", request, expect: EXPECT }, { marker: "m", id: "7" }, OPTIONS);
}

Deno.test("renderRequest() frames a request, fills its placeholders and counts bytes", () => {
  assertEquals(
    render({ line: "POST /v1/{id}", fields: [["X", "{marker}{unknown}"]], body: utf8('{"a":"é{id}"}') }),
    [
      "POST /v1/7 HTTP/1.1\r\nHost: 127.0.0.1:1\r\nAuthorization: Bearer t\r\nUser-Agent: m\r\nConnection: close\r\n" +
      'Content-Length: 11\r\nX: m{unknown}\r\n\r\n{"a":"\xc3\xa97"}',
    ],
  );
});

Deno.test("renderRequest() leaves alone what a row says itself", () => {
  const fields = [["Host", "a"], ["connection", "b"], ["Content-Length", "9"], ["user-agent", "c"]] as const;
  const own = [...fields, ["authorization", "d"]] as const;
  assertEquals(render({ line: "GET /", fields: own, body: "x" }), [
    "GET / HTTP/1.1\r\nHost: a\r\nconnection: b\r\nContent-Length: 9\r\nuser-agent: c\r\nauthorization: d\r\n\r\nx",
  ]);
});

Deno.test("renderRequest() gives raw requests credentials where they have a Host, and nothing else", () => {
  assertEquals(render(["GET / HTTP/1.1\r\nHost: {host}\r\n", "X: {marker}\r\n\r\n"]), [
    "GET / HTTP/1.1\r\nAuthorization: Bearer t\r\nHost: 127.0.0.1:1\r\n",
    "X: m\r\n\r\n",
  ]);
  assertEquals(render("GET / HTTP/1.1\r\n\r\n"), ["GET / HTTP/1.1\r\n\r\n"]);
});
