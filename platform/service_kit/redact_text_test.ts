import { assertEquals } from "@std/assert";
import { redactText } from "./redact_text.ts";

Deno.test("redactText() redacts credentials and e-mail addresses", () => {
  const texts: Readonly<Record<string, string>> = {
    "Login of ada@example.com failed": "Login of [REDACTED] failed",
    "Authorization: Bearer abc.def": "Authorization: Bearer [REDACTED]",
    "Authorization: Token planted, and on": "Authorization: [REDACTED], and on",
    "proxy-authorization=planted": "proxy-authorization=[REDACTED]",
    "host=db password=planted,p'lanted; user=a": "host=db password=[REDACTED]; user=a",
    "?client_secret=planted&apiKey=planted&a=b": "?client_secret=[REDACTED]&apiKey=[REDACTED]&a=b",
    "amqp://ada:planted@mq:5672/a": "amqp://[REDACTED]@mq:5672/a",
    "redis://:planted@10.0.0.1/0": "redis://[REDACTED]@10.0.0.1/0",
    "got eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.planted": "got [REDACTED]",
    "password: must be a string": "password: must be a string",
    "Unexpected token in line 3": "Unexpected token in line 3",
  };
  for (const [text, expected] of Object.entries(texts)) assertEquals(redactText(text), expected);
});

Deno.test("redactText() leaves JSON valid", () => {
  for (const value of ['password="planted"', "password=planted\\", "token=a\nb", 'authorization: "a"']) {
    JSON.parse(redactText(JSON.stringify({ value })));
  }
});

Deno.test("redactText() takes linear time", () => {
  const parts = ["a.", "a@", "eyJ", "Bearer ", "://a:", "@", "a".repeat(99) + "@"];
  for (const part of [...parts, "password=", "authorization: ", "secret=\\\\"]) {
    redactText(part.repeat(50_000 / part.length));
  }
});
