import { money, paymentBody, payWith } from "./payment_requests.ts";
import { JSON_FIELD } from "@archway/tools/support/conformance/requests.ts";
import { type Field, type Row, type Theme, utf8 } from "@archway/tools/support/conformance/row.ts";
import { shorten } from "@archway/tools/support/conformance/shorten.ts";
import { accounts, payment } from "./set_up_accounts.ts";

const KEY = "Idempotency-Key";

/** Invalid keys. The value of a header is trimmed. */
const BAD = [
  "",
  " ",
  '""',
  '"',
  '"{marker}',
  '{marker}"',
  "'{marker} {marker}'",
  "a b",
  "a, b",
  '"a", "b"',
  '"a" "b"',
  '"a";q=1',
  '"a\\b"',
  '"a\\"',
  '"a\tb"',
  "a;b",
  "a=b",
  "a@b",
  "(a)",
  "()",
  "{}",
  "?1",
  "@1659578233",
  '%"f%c3%bc"',
  '"\xe9"',
  "\xe9",
  utf8('"ключ"'),
  utf8("🔑"),
  "\xff\xfe",
  "a".repeat(256),
  `"${"a".repeat(256)}"`,
  `"${'\\"'.repeat(256)}"`,
  "a".repeat(5_000),
] as const;

/** Unusual but valid keys. */
const GOOD = [
  "a",
  "1",
  "*",
  "1.5",
  ":YWJj:",
  "..%2f..%2fetc/passwd",
  "__proto__",
  "null",
  `{fresh}${"a".repeat(219)}`,
  '"{fresh}"',
  '"{fresh} with \\"quotes\\" and \\\\"',
  `"{fresh}${'\\"'.repeat(219)}"`,
  `"' or 1=1; drop table idempotency_keys --{fresh}"`,
  "  {fresh}  ",
] as const;

/** Characters that are invalid in header fields; the platform may respond. */
const CONTROLS = ["\x00", "\x01", "\x0b", "\x1b[2J", "\x7f"] as const;

const OTHER_BODY = paymentBody({ amount: money('"2.00"') });
/** Body of the payment from the setup, and a different spelling of it. */
const SAME_BODY = paymentBody({ amount: money('"10.00"') });
const SAME_BODY_RESPELT =
  '{ "amount" : {"currency":"\\u0042RL","amount":"10.00"},\n"payeeAccountId":"{payee}","payerAccountId":"{payer}" }';

function key(value: string): Field {
  return [KEY, value];
}

function replayed(name: string, fields: readonly Field[], body: string): Row {
  return {
    name,
    given: payment,
    request: payWith(fields, body),
    expect: { status: 201, headers: { "Idempotency-Replayed": /^true$/ } },
  };
}

/** Idempotency keys. */
export const IDEMPOTENCY_KEYS: Theme = {
  name: "idempotency keys",
  rows: [
    ...BAD.map((value): Row => ({
      name: `a key of ${shorten(value)}`,
      given: accounts,
      request: payWith([key(value)]),
      expect: { status: 400, fault: KEY },
    })),
    ...CONTROLS.map((value): Row => ({
      name: `a key with ${JSON.stringify(value)}`,
      given: accounts,
      request: payWith([key(`a${value}b`)]),
      expect: { status: 400, by: "platform" },
    })),
    ...GOOD.map((value): Row => ({
      name: `a valid key of ${shorten(value)}`,
      given: accounts,
      request: payWith([key(value)]),
      // The short keys may have been used before, for another payment.
      expect: { status: value.includes("{fresh}") ? 201 : [201, 422] },
    })),
    {
      name: "no key",
      given: accounts,
      request: payWith([]),
      expect: { status: 400, fault: KEY },
    },
    {
      name: "a deposit without a key",
      given: accounts,
      request: {
        line: "POST /v1/accounts/{payee}/deposits",
        fields: [JSON_FIELD],
        body: `{"amount":${money('"1.00"')}}`,
      },
      expect: { status: 400, fault: KEY },
    },
    {
      name: "two keys",
      given: accounts,
      request: payWith([key("{fresh}"), key("{marker}")]),
      expect: { status: 400, fault: KEY },
    },
    {
      name: "the same key twice",
      given: accounts,
      request: payWith([key("{fresh}"), key("{fresh}")]),
      expect: { status: 400, fault: KEY },
    },
    {
      name: "a key that was used for another body",
      given: payment,
      request: payWith([key("{key}")], OTHER_BODY),
      expect: { status: 422, headers: { "Idempotency-Replayed": null } },
    },
    {
      name: "a key that was used, and an invalid body",
      given: payment,
      request: payWith([key("{key}")], paymentBody({ amount: '"{marker}"' })),
      expect: { status: 422, fault: "/amount" },
    },
    {
      name: "a key that was used, and a body that is not JSON",
      given: payment,
      request: payWith([key("{key}")], "{marker}"),
      expect: { status: 400 },
    },
    {
      name: "a key that was used for another operation",
      given: payment,
      request: {
        line: "POST /v1/accounts/{payee}/deposits",
        fields: [JSON_FIELD, key("{key}")],
        body: `{"amount":${money('"1.00"')}}`,
      },
      expect: { status: 201, headers: { "Idempotency-Replayed": null } },
    },
    {
      name: "a key that was used, with a letter in front",
      given: payment,
      request: payWith([key("X{key}")], SAME_BODY),
      expect: { status: 201, headers: { "Idempotency-Replayed": null } },
    },
    replayed("a key that was used", [key("{key}")], SAME_BODY),
    replayed("a key that was used, in quotes", [key('"{key}"')], SAME_BODY),
    replayed("a key that was used, and the body spelt differently", [key("{key}")], SAME_BODY_RESPELT),
    {
      name: "a key for an operation without keys",
      given: payment,
      request: { line: "GET /v1/payments/{payment}", fields: [key('"{marker}')] },
      expect: { status: 200 },
    },
  ],
};
