import type { Row, Theme } from "@archway/tools/support/conformance/row.ts";

/** Heads that are no HTTP/1.1. */
const TEXTS: readonly (readonly [name: string, text: string])[] = [
  ["nothing but blank lines", "\r\n\r\n\r\n\r\n"],
  ["a word", "{marker}\r\n\r\n"],
  ["a request line without a version", "GET {open}\r\n\r\n"],
  ["HTTP/0.9", "GET /\r\n"],
  ["HTTP/1.2", "GET {open} HTTP/1.2\r\nHost: {host}\r\n\r\n"],
  ["HTTP/2.0 in a request line", "GET {open} HTTP/2.0\r\nHost: {host}\r\n\r\n"],
  ["HTTP/11", "GET {open} HTTP/11\r\nHost: {host}\r\n\r\n"],
  ["http/1.1 in small letters", "GET {open} http/1.1\r\nHost: {host}\r\n\r\n"],
  ["FTP/1.1", "GET {open} FTP/1.1\r\nHost: {host}\r\n\r\n"],
  ["a request line with two blanks", "GET  /livez HTTP/1.1\r\nHost: {host}\r\n\r\n"],
  ["a request line with a tab", "GET\t/livez\tHTTP/1.1\r\nHost: {host}\r\n\r\n"],
  ["a request line with a blank at its end", "GET {open} HTTP/1.1 \r\nHost: {host}\r\n\r\n"],
  ["a blank in front of the request line", " GET {open} HTTP/1.1\r\nHost: {host}\r\n\r\n"],
  ["U+0000 in the method", "GE\0T /livez HTTP/1.1\r\nHost: {host}\r\n\r\n"],
  ["U+0000 in the target", "GET /li\0vez HTTP/1.1\r\nHost: {host}\r\n\r\n"],
  ["U+0000 in a value", "GET {open} HTTP/1.1\r\nHost: {host}\r\nX-Nul: {marker}\0\r\n\r\n"],
  ["U+0000 in a name", "GET {open} HTTP/1.1\r\nHost: {host}\r\nX\0Nul: {marker}\r\n\r\n"],
  ["a carriage return in a value", "GET {open} HTTP/1.1\r\nHost: {host}\r\nX-Cr: a\rb\r\n\r\n"],
  ["a delete character in a value", "GET {open} HTTP/1.1\r\nHost: {host}\r\nX-Del: {marker}\x7f\r\n\r\n"],
  ["a folded field", "GET {open} HTTP/1.1\r\nHost: {host}\r\nX-Folded: a\r\n {marker}\r\n\r\n"],
  ["a first field that is folded", "GET {open} HTTP/1.1\r\n Host: {host}\r\n\r\n"],
  ["a field without a colon", "GET {open} HTTP/1.1\r\nHost: {host}\r\n{marker}\r\n\r\n"],
  ["a field without a name", "GET {open} HTTP/1.1\r\nHost: {host}\r\n: {marker}\r\n\r\n"],
  ["a blank before a colon", "GET {open} HTTP/1.1\r\nHost: {host}\r\nX-Blank : {marker}\r\n\r\n"],
  ["a name with a blank", "GET {open} HTTP/1.1\r\nHost: {host}\r\nX Blank: {marker}\r\n\r\n"],
  ["a name beyond ASCII", "GET {open} HTTP/1.1\r\nHost: {host}\r\nX-\xe9: {marker}\r\n\r\n"],
  ["a name in brackets", "GET {open} HTTP/1.1\r\nHost: {host}\r\n(X): {marker}\r\n\r\n"],
  ["the beginning of TLS", "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03"],
  ["the beginning of SSH", "SSH-2.0-OpenSSH_9.6\r\n\r\n"],
  ["the beginning of PROXY", "PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n\r\n"],
  ["the beginning of SOCKS", "\x05\x01\0\r\n\r\n"],
  ["the beginning of SMTP", "EHLO {marker}\r\n\r\n"],
  ["the beginning of PostgreSQL", "\0\0\0\x08\x04\xd2\x16\x2f\r\n\r\n"],
  ["a response instead of a request", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"],
  ["random bytes", "\x9f\x01\xfe\x80\x00\x13\x37\xff\r\n\r\n"],
];

const rows: readonly Row[] = TEXTS.map(([name, text]) => ({
  name,
  request: text,
  client: "ends",
  expect: { status: 400, by: "platform" },
}));

/** Bytes that are no head of a request. */
export const HEADS: Theme = { name: "heads", section: "RFC 9112, section 3", rows };
