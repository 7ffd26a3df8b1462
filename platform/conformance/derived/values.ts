import { cells, words } from "../row.ts";

/** Texts that a number in a query or a path is written as, and mostly must not be. */
const NUMBERS = words(
  `%20 +1 %2B1 01 1.0 1e1 0x10 0b1 1_0 %201 1%20 1%00 -1 -0 0 NaN Infinity null true [] {} 1,2 1.5
  %EF%BC%91 %D9%A1 %E2%85%A0 2147483648 9007199254740993 99999999999999999999999999 {marker} 1'-- 1;drop %zz %ff 1`,
);

const UUIDS = words(
  `%2e%2e%2f%2e%2e%2fetc%2fpasswd ..%2f..%2fetc%2fpasswd ..%c0%af..%c0%afetc ..%5c..%5cwindows % %z %zz
  %2 %u0041 %25zz %2500 %E2%80%AE{marker} __proto__ null undefined * :id {{id}} 0 -1 1e3 '%20OR%20'1'='1 {fresh}%00
  {fresh}%0a %20{fresh} {fresh}%20 {fresh}0 {fresh},{fresh} {fresh};v=1 %7b{fresh}%7d urn:uuid:{fresh}
  00000000-0000-0000-0000-000000000000 ffffffff-ffff-ffff-ffff-ffffffffffff 0193A3F0-0000-7000-8000-00000000000A
  6ba7b810-9dad-11d1-80b4-00c04fd430c8 0193a3f000007000800000000000000a 0193a3f0-0000-7000-8000-00000000000
  0193a3f0-0000-7000-8000-00000000000g %EF%BC%90193a3f0-0000-7000-8000-00000000000a {marker} a%00b %ff %c0%af
  %ed%a0%80 %f4%90%80%80 %c3 %fe%ff %30193a3f0-0000-7000-8000-00000000000a`,
);

const INSTANTS = words(`yesterday 2026-01-01 2026-01-01T00:00:00 2026-13-01T00:00:00Z 2026-02-30T00:00:00Z
  2026-01-01T24:00:01Z 2026-01-01T00:60:00Z 2026-01-01T00:00:00+99:00 2026-01-01T00:00:00%2001:00
  -2026-01-01T00:00:00Z %2B12026-01-01T00:00:00Z 1767225600 infinity now %00 {marker} %D9%A2026-01-01T00:00:00Z
  0000-01-01T00:00:00Z 9999-12-31T23:59:59.999999999-23:59 2026-01-01t00:00:00z`);

const ENUMS = words("A a%00 %20 {marker} null __proto__ 1 true %ff");

const TEXT_PARAMETERS = words(`%00 a%00b %zz %ff %c0%af %ed%a0%80 %f4%90%80%80 %c3 %fe%ff %25 _ %5C %5C%25 + a
  %F4%8F%BF%BF %C4%B0 %C3%9F @ a@b@c a%0d%0ab@example.com missing@example.com`);

/** Domain of 182 characters, so that addresses reach their maximum of 254. */
const DOMAIN = ["b", "c", "d"].map((letter) => letter.repeat(60)).join(".");

/** Texts that mean something to an interpreter, or are unusual and valid; each is data and is stored as it is. */
const TEXTS: readonly string[] = [
  ...cells(
    `Robert'); DROP TABLE items;-- ¦ ' OR '1'='1 ¦ '||pg_sleep(30)||' ¦ " UNION SELECT version() -- ¦ Ada\\
    $$; SELECT 1; $$ ¦ $1 ? :name %s {0} ¦ %_\\%_[a-z] ¦ <script>alert(1)</script> ¦ "><img src=x onerror=alert(1)>
    \${7*7}{{7*7}}<%= 7*7 %>#{7*7} ¦ \${jndi:ldap://127.0.0.1:1/a} ¦ *)(uid=*))(|(uid=* ¦ {"$gt":""} ¦ %n%s%x%p%d
    ; cat /etc/passwd | \`id\` $(id) && ¦ =cmd|' /C calc'!A0 ¦ ../../../../etc/passwd ¦ ' or count(/*)=1 or 'a'='b
    http://169.254.169.254/latest/meta-data/ ¦ (a+)+$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa! ¦ __proto__ ¦ null
    0000-00-00T99:99:99Z ¦ 👩‍👩‍👧‍👦 Ada ¦ 🇺🇦 👍🏿 ¦ עדה לאבלייס آدا ¦ Ada \u202egpj.exe\u202c ¦ A\u200bd\u200ca\u2060
    A${
      "\u0300".repeat(60)
    } ¦ 𠮷野家 ¦ Ada \ue000\ufdd0\uffff ¦ Ada \u{10ffff} ¦ Ada\u0001\u001b[31m\u007f\u0085x
    Iıİi ¦ ﬁlm ſ ¦ ${"a".repeat(100)} ¦ ${"a".repeat(101)} ¦ ${"😀".repeat(100)} ¦ ${"😀".repeat(101)}
    ${"e".repeat(71)}@${DOMAIN} ¦ ${"e".repeat(72)}@${DOMAIN} ¦ ${"a".repeat(5_000)} ¦ ${
      "a.".repeat(100_000)
    }@example.com ¦ ${"@".repeat(200_000)} ¦ ${"\u{1d160}".repeat(100)}`,
  ),
  ...["", " ", " \t\n", "\u00a0\u2003\ufeff", "a\u0000", "Ada\r\nSet-Cookie: a=b", "Ada\u2028Love\u2029lace"],
  ...["a ".repeat(400_000), " ".repeat(100_000), " ".repeat(50_000) + "a".repeat(100) + " ".repeat(50_000)],
];

/** JSON that stands in place of any property, as it is sent. */
const ANY = words(`null true 0 -1 1.5 "" "36" [] [36] {} {"valueOf":36} {"toString":"{marker}"} ["{marker}"]
  "{marker}\\u0000" "{marker}\\ud800" "\\udc00{marker}" "{marker}\\ude00\\ud83d" 1e999`);

const JSON_NUMBERS = words(`36.0 3.6e1 1E2 150 -0 -0.0 151 -1e999 1e-999 9007199254740993 2147483648
  18446744073709551616 1${"0".repeat(400)} 0.${"0".repeat(5_000)}1 1e308 1e2147483648`);

const JSON_UUIDS = words(
  `"{fresh}0" "{{fresh}}" "urn:uuid:{fresh}" "\uff101a2023b-983b-7000-83d3-81c8f54d2496" "1"`,
);

/** Names of properties that are no schema's, as JSON. */
export const PROPERTY_NAMES = words(
  `"__proto__" "\\u005f_proto__" "constructor" "toString" "hasOwnProperty" "valueOf"
  "toJSON" "then" "" "a/b~c" "version" "id" "createdAt" "{marker}${"x".repeat(200)}" "qz\\ud800" "qz\\u0000"`,
);

/** Returns texts for a parameter of a kind, percent-encoded. */
export function textsFor(kind: string): readonly string[] {
  if (/integer|number|boolean/.test(kind)) return NUMBERS;
  if (kind.includes("enum")) return ENUMS;
  if (kind.includes(":uuid")) return UUIDS;
  if (kind.includes(":date")) return INSTANTS;
  return [...TEXT_PARAMETERS, ...TEXTS.filter((text) => text.length < 1_000).map(encodeURIComponent)];
}

/** Returns JSON for a property of a kind, as it is sent but for its UTF-8. */
export function jsonFor(kind: string): readonly string[] {
  if (/integer|number/.test(kind)) return [...ANY, ...JSON_NUMBERS];
  if (kind.includes(":uuid")) return [...ANY, ...JSON_UUIDS];
  return kind.includes("string") ? [...ANY, ...TEXTS.map((text) => JSON.stringify(text))] : ANY;
}
