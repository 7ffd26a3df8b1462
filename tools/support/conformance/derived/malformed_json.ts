import { utf8 } from "../row.ts";

/** Byte texts that are no JSON. */
export const MALFORMED_JSON: readonly string[] = [
  ...[
    "",
    " \r\n\t ",
    '{"a":"{marker}",}',
    '{,"a":"{marker}"}',
    '{"a":"{marker}",,"b":1}',
    '{"a":"{marker}" "b":1}',
  ],
  ...["{'a':'{marker}'}", '{a:"{marker}"}', '{"a":"{marker}"/* ok */}', '{"a":"{marker}"} // ok'],
  ...['{"a":"{marker}"}{"a":"{marker}"}', '{"a":"{marker}"}\n{"a":"{marker}"}\n', '{"a":"{marker}"};'],
  ...['{"a":"{marker}', '{"a":', "{", '{"a":"{marker}"}}', '{"a":"{marker}"]', '{"a":"{marker}","b":NaN}'],
  ...[
    '{"a":Infinity}',
    '{"a":-Infinity}',
    '{"a":undefined}',
    '{"a":True}',
    '{"a":+1}',
    '{"a":01}',
    '{"a":0x10}',
  ],
  ...['{"a":.5}', '{"a":5.}', '{"a":1e}', '{"a":1_0}', '{"a":10n}', '{"a":--1}', `{"a":${utf8("٣٦")}}`],
  ...[
    '{"a":"{marker}\n"}',
    '{"a":"{marker}\t"}',
    '{"a":"{marker}\0"}',
    '{"a":"{marker}"}\0',
    '{"a":"{marker}\\x41"}',
  ],
  ...[
    '{"a":"{marker}\\\'"}',
    '{"a":"{marker}\\u012"}',
    '{"a":"{marker}\\u{41}"}',
    `{${utf8("\u00a0")}"a":1}`,
  ],
  ...["[".repeat(900_000), "name={marker}&age=1", "name: {marker}\nage: 36\n", "\xa1\x64name\x63Ada"],
  ...['<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;{marker}</a>'],
  ...["\x81\xa4name\xa3Ada", ')]}\'\n{"a":"{marker}"}', "\x1f\x8b\x08\0\0\0\0\0\0\x03"],
];

/** Byte texts that some parsers take and Archway refuses. */
export const LOOSE_JSON: readonly string[] = [
  ...[
    '{"a":"{marker}","a":"Eve"}',
    '{"a":"{marker}","\\u0061":"Eve"}',
    '{"a":"b","x":[{"{marker}":1,"{marker}":2}]}',
  ],
  ...['{"a":"{marker}","__proto__":1,"__proto__":2}', "[".repeat(65) + "]".repeat(65)],
  ...[`${'{"a":'.repeat(1_000)}1${"}".repeat(1_000)}`, "[".repeat(400_000) + "]".repeat(400_000)],
];

/**
 * Texts whose bytes are no UTF-8: lone and cut sequences, overlong ones (RFC 3629), surrogates (CESU-8), code points
 * beyond U+10FFFF, Latin-1, Windows-1252, Shift JIS and GBK; then byte order marks, UTF-16, UTF-32, UTF-7 and EBCDIC.
 */
export const BAD_BYTES: readonly string[] = [
  ...["\x80", "\xc3", "\xe2\x82", "\xc0\xaf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf", "\xc0\x80", "\xed\xa0\x80"],
  ...[
    "\xed\xa0\xbd\xed\xb8\x80",
    "\xf4\x90\x80\x80",
    "\xf8\x88\x80\x80\x80",
    "\xfc\x84\x80\x80\x80\x80",
    "\xfe",
    "\xff",
  ],
  ...["caf\xe9", "\x93a\x94", "\x83e\x83X\x83g", "\xd6\xd0\xce\xc4"],
].map((bytes) => `{"name":"{marker}${bytes}"}`).concat(
  [
    '\xef\xbb\xbf\xef\xbb\xbf{"name":"{marker}"}',
    '{\xef\xbb\xbf"name":"{marker}"}',
    utf16("little"),
    utf16("big"),
  ],
  [
    `\xff\xfe${utf16("little")}`,
    utf16("little").replaceAll("\0", "\0\0\0"),
    '+AHsAIgBuAGEAbQBlACI-:"{marker}"}',
  ],
  ["\xc0\x7f\x95\x81\x94\x85\x7f\x7a\x7f\xc1\x84\x81\x7f\xd0"],
);

function utf16(order: "little" | "big"): string {
  return [...'{"name":"Ada"}'].map((letter) => order === "little" ? `${letter}\0` : `\0${letter}`).join("");
}
