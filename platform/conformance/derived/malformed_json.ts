import { cells, utf8 } from "../row.ts";

/** Byte texts that are no JSON. */
export const MALFORMED_JSON: readonly string[] = [
  ...cells(
    `{"a":"{marker}",} ¦ {,"a":"{marker}"} ¦ {"a":"{marker}",,"b":1} ¦ {"a":"{marker}" "b":1} ¦ {'a':'{marker}'}
    {a:"{marker}"} ¦ {"a":"{marker}"/* ok */} ¦ {"a":"{marker}"} // ok ¦ {"a":"{marker}"}{"a":"{marker}"} ¦ {"a":"{marker}"};
    {"a":"{marker} ¦ {"a": ¦ { ¦ {"a":"{marker}"}} ¦ {"a":"{marker}"] ¦ {"a":NaN} ¦ {"a":Infinity} ¦ {"a":-Infinity}
    {"a":undefined} ¦ {"a":True} ¦ {"a":+1} ¦ {"a":01} ¦ {"a":0x10} ¦ {"a":.5} ¦ {"a":5.} ¦ {"a":1e} ¦ {"a":1_0} ¦ {"a":10n}
    {"a":--1} ¦ {"a":${utf8("٣٦")}} ¦ {"a":"{marker}\\x41"} ¦ {"a":"{marker}\\'"} ¦ {"a":"{marker}\\u012"}
    {"a":"{marker}\\u{41}"} ¦ {${
      utf8("\u00a0")
    }"a":1} ¦ name={marker}&age=1 ¦ \xa1\x64name\x63Ada ¦ \x81\xa4name\xa3Ada
    <?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;{marker}</a>`,
  ),
  ...[
    "",
    " \r\n\t ",
    '{"a":"{marker}"}\n{"a":"{marker}"}\n',
    "[".repeat(900_000),
    "name: {marker}\nage: 36\n",
  ],
  ...["\n", "\t", "\0"].map((raw) => `{"a":"{marker}${raw}"}`),
  ...['{"a":"{marker}"}\0', ')]}\'\n{"a":"{marker}"}', "\x1f\x8b\x08\0\0\0\0\0\0\x03"],
];

/** Byte texts that some parsers take and Archway refuses. */
export const LOOSE_JSON: readonly string[] = cells(
  `{"a":"{marker}","a":"Eve"} ¦ {"a":"{marker}","\\u0061":"Eve"}
  {"a":"b","x":[{"{marker}":1,"{marker}":2}]} ¦ {"a":"{marker}","__proto__":1,"__proto__":2}
  ${"[".repeat(65)}${"]".repeat(65)} ¦ ${'{"a":'.repeat(1_000)}1${"}".repeat(1_000)} ¦ ${
    "[".repeat(400_000)
  }${"]".repeat(400_000)}`,
);

const UTF16 = [...'{"name":"Ada"}'].map((letter) => `${letter}\0`).join("");

/**
 * Texts whose bytes are no UTF-8: lone and cut sequences, overlong ones (RFC 3629), surrogates (CESU-8), code points
 * beyond U+10FFFF, Latin-1, Windows-1252, Shift JIS and GBK; then byte order marks, UTF-16, UTF-32, UTF-7 and EBCDIC.
 */
export const BAD_BYTES: readonly string[] = [
  ...cells(
    `\x80 ¦ \xc3 ¦ \xe2\x82 ¦ \xc0\xaf ¦ \xe0\x80\xaf ¦ \xf0\x80\x80\xaf ¦ \xc0\x80 ¦ \xed\xa0\x80 ¦ \xfe ¦ \xff
    \xed\xa0\xbd\xed\xb8\x80 ¦ \xf4\x90\x80\x80 ¦ \xf8\x88\x80\x80\x80 ¦ \xfc\x84\x80\x80\x80\x80 ¦ caf\xe9 ¦ \x93a\x94
    \x83e\x83X\x83g ¦ \xd6\xd0\xce\xc4`,
  ).map((bytes) => `{"name":"{marker}${bytes}"}`),
  ...cells(
    `\xef\xbb\xbf\xef\xbb\xbf{"name":"{marker}"} ¦ {\xef\xbb\xbf"name":"{marker}"} ¦ +AHsAIgBuAGEAbQBlACI-:"{marker}"}
    \xc0\x7f\x95\x81\x94\x85\x7f\x7a\x7f\xc1\x84\x81\x7f\xd0`,
  ),
  ...[UTF16, `\0${UTF16.slice(0, -1)}`, `\xff\xfe${UTF16}`, UTF16.replaceAll("\0", "\0\0\0")],
];
