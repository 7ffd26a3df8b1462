import { assert, assertFalse } from "@std/assert";
import { isExploding } from "./exploding_patterns.ts";

const EXPLODING = [
  "^(a+)+$",
  "(x+x+)+y",
  "^(a|a)*$",
  "^(a|aa)+$",
  "^(\\d+)*$",
  "(a*)*b",
  "^(a*b*)*$",
  "^(.*)*$",
  "^([A-Za-z]+ ?)+$",
  "^(([a-z])+.)+[A-Z]([a-z])+$",
  "^(\\w|\\d)+$",
  "^(?=(b+)+$)b*$",
  "^(\\w{1,10})+$",
  "^([a-z]{1,40}){1,40}$",
];
const LINEAR = [
  "^a+$",
  "^[a-z]+(-[a-z]+)*$",
  "^(a|ab)*$",
  "^([a-zA-Z0-9]+\\.)+[a-z]+$",
  "^\\w+([-.]\\w+)*@\\w+\\.\\w+$",
  "^[0-9]{3}(,[0-9]{3})*$",
  "^(?=.*[a-z])(?=.*[A-Z]).{8,}$",
  "^\\p{L}+( \\p{L}+)*$",
  "^(0|[1-9]\\d*)(\\.\\d+)?$",
  "^https?://[^\\s/$.?#].[^\\s]*$",
  "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
  "^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$",
  "^([0-9a-f]{32}-?)+$",
  "^(\\d{5}){1,1000}$",
  '^"(?:[^"\\\\]|\\\\.)*"$',
];

Deno.test("isExploding() finds loops that match a text in several ways", () => {
  for (const pattern of EXPLODING) assert(isExploding(pattern, "u"), pattern);
});

Deno.test("isExploding() accepts patterns whose loops match a text in one way", () => {
  for (const pattern of LINEAR) assertFalse(isExploding(pattern, "u"), pattern);
});
