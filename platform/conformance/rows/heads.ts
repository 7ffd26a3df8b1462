import { cells, type Row, type Theme } from "../row.ts";

const HOST = "HTTP/1.1¶Host: {host}¶";

/** Bytes that are no head of HTTP/1.1: request lines, header fields, other protocols, and noise. */
const HEADS_TABLE = cells(`¶¶¶¶ ¦ {marker}¶¶ ¦ GET {open}¶¶ ¦ GET /¶ ¦ GET {open} HTTP/1.2¶Host: {host}¶¶
  GET {open} HTTP/2.0¶Host: {host}¶¶ ¦ GET {open} HTTP/11¶Host: {host}¶¶ ¦ GET {open} http/1.1¶Host: {host}¶¶
  GET {open} FTP/1.1¶Host: {host}¶¶ ¦ GET  {open} ${HOST}¶ ¦ GET\t{open}\tHTTP/1.1¶Host: {host}¶¶
  GET {open} HTTP/1.1 ¶Host: {host}¶¶ ¦ GE\0T {open} ${HOST}¶ ¦ GET /li\0vez ${HOST}¶ ¦ GET {open} ${HOST}X-Nul: {marker}\0¶¶
  GET {open} ${HOST}X\0Nul: {marker}¶¶ ¦ GET {open} ${HOST}X-Cr: a\rb¶¶ ¦ GET {open} ${HOST}X-Del: {marker}\x7f¶¶
  GET {open} ${HOST}X-Folded: a¶ {marker}¶¶ ¦ GET {open} HTTP/1.1¶ Host: {host}¶¶ ¦ GET {open} ${HOST}{marker}¶¶
  GET {open} ${HOST}: {marker}¶¶ ¦ GET {open} ${HOST}X-Blank : {marker}¶¶ ¦ GET {open} ${HOST}X Blank: {marker}¶¶
  GET {open} ${HOST}X-\xe9: {marker}¶¶ ¦ GET {open} ${HOST}(X): {marker}¶¶ ¦ \x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03
  SSH-2.0-OpenSSH_9.6¶¶ ¦ PROXY TCP4 127.0.0.1 127.0.0.1 1 2¶¶ ¦ \x05\x01\0¶¶ ¦ EHLO {marker}¶¶ ¦ \0\0\0\x08\x04\xd2\x16\x2f¶¶
  HTTP/1.1 200 OK¶Content-Length: 0¶¶ ¦ \x9f\x01\xfe\x80\x00\x13\x37\xff¶¶`);

/** Bytes that are no head of a request. */
export const HEADS: Theme = {
  name: "heads",
  section: "RFC 9112, section 3",
  rows: [...HEADS_TABLE, " GET {open} HTTP/1.1\r\nHost: {host}\r\n\r\n"].map((request): Row => ({
    name: request,
    request,
    client: "ends",
    expect: { status: 400, by: "platform" },
  })),
};
