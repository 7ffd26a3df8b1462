import { assertEquals } from "@std/assert";
import { renderRequest } from "./render_request.ts";
import { type Row, utf8 } from "./row.ts";

const OPTIONS = { host: "127.0.0.1:1", fields: [["Authorization", "Bearer t"] as const] };

function render(request: Row["request"]): string {
  return renderRequest({ request }, { marker: "m", id: "7" }, OPTIONS).join("|");
}

Deno.test("renderRequest() frames a request, fills its placeholders and counts bytes, unless the row does", () => {
  const request = {
    line: "POST /v1/{id}",
    fields: [["X", "{marker}{unknown}"] as const],
    body: utf8('{"a":"é{id}"}'),
  };
  assertEquals(
    render(request),
    "POST /v1/7 HTTP/1.1\r\nHost: 127.0.0.1:1\r\nAuthorization: Bearer t\r\nUser-Agent: m\r\nConnection: close\r\n" +
      'Content-Length: 11\r\nX: m{unknown}\r\n\r\n{"a":"\xc3\xa97"}',
  );
  const fields = [["Host", "a"], ["connection", "b"], ["Content-Length", "9"], ["user-agent", "c"]] as const;
  assertEquals(
    render({ line: "GET /", fields: [...fields, ["authorization", "d"]], body: "x" }),
    "GET / HTTP/1.1\r\nHost: a\r\nconnection: b\r\nContent-Length: 9\r\nuser-agent: c\r\nauthorization: d\r\n\r\nx",
  );
});

Deno.test("renderRequest() puts credentials into raw requests where they have a Host, and changes nothing else", () => {
  assertEquals(
    render(["GET / HTTP/1.1\r\nHost: {host}\r\n", "X: {marker}\r\n\r\n"]),
    "GET / HTTP/1.1\r\nAuthorization: Bearer t\r\nHost: 127.0.0.1:1\r\n|X: m\r\n\r\n",
  );
  assertEquals(render("GET / HTTP/1.1\r\n\r\n"), "GET / HTTP/1.1\r\n\r\n");
});
