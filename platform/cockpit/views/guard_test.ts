import { assertEquals } from "@std/assert";
import { PAGE_HEADER, refusalOf } from "./guard.ts";

const URL_OF_PAGE = "http://127.0.0.1:8080/_dev/";

interface Attempt {
  readonly isMessage?: boolean;
  readonly url?: string;
  readonly method?: string;
  readonly peer?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

function refusal(
  { url = URL_OF_PAGE, method = "GET", headers = {}, isMessage = false, ...more }: Attempt,
): string | undefined {
  const peer = "peer" in more ? more.peer : "127.0.0.1";
  return refusalOf(new Request(url, { method, headers }), peer, { isMessage });
}

Deno.test("refusalOf() lets browsers on this machine read, and the page itself write", () => {
  const page = { [PAGE_HEADER]: "1", origin: "http://localhost:8080", "sec-fetch-site": "same-origin" };
  const url = "http://localhost:8080/_dev/api/faults";
  const attempts: readonly Attempt[] = [
    {},
    { url: "http://[::1]:8080/_dev/", peer: "::1" },
    { peer: "::ffff:127.0.0.1", headers: { "sec-fetch-site": "none" } },
    { url, method: "POST", headers: page },
    { url, method: "POST", headers: { [PAGE_HEADER]: "1" } },
    { method: "POST", isMessage: true },
  ];
  assertEquals(attempts.map(refusal), attempts.map(() => undefined));
});

Deno.test("refusalOf() refuses other machines, proxies, names that were rebound, and pages of other sites", () => {
  const attacks: readonly (readonly [Attempt, string])[] = [
    [{ peer: "192.168.1.7" }, "only from this machine"],
    [{ peer: "127.0.0.1.example.com" }, "only from this machine"],
    [{ peer: undefined }, "only from this machine"],
    ...["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"].map((name) =>
      [{ headers: { [name]: "127.0.0.1" } }, "not through a proxy"] as const
    ),
    ...["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1", "0.0.0.0", "intranet"]
      .map((host) =>
        [{ url: `http://${host}:8080/_dev/` }, "only by the address 127.0.0.1, [::1] or localhost"] as const
      ),
    [{ headers: { host: "evil.example" } }, "only by the address 127.0.0.1, [::1] or localhost"],
    [{ headers: { origin: "https://evil.example" } }, "not from another origin"],
    [{ headers: { origin: "null" } }, "not from another origin"],
    [{ headers: { origin: "http://127.0.0.1:9999" } }, "not from another origin"],
    [{ headers: { "sec-fetch-site": "cross-site" } }, "not from another site"],
    [{ headers: { "sec-fetch-site": "same-site" } }, "not from another site"],
    // A form of another page in a browser that sends neither Origin nor Sec-Fetch-Site.
    [{ method: "POST" }, "only from the page of the cockpit"],
    [
      { method: "POST", headers: { [PAGE_HEADER]: "1", "sec-fetch-site": "none" } },
      "only from the page of the cockpit",
    ],
    [{ method: "POST", isMessage: true, peer: "10.0.0.7" }, "only from this machine"],
    [
      { method: "POST", isMessage: true, headers: { origin: "https://evil.example" } },
      "not from another origin",
    ],
    [{ method: "POST", isMessage: true, headers: { via: "1.1 proxy" } }, "not through a proxy"],
    [{ method: "DELETE", headers: { [PAGE_HEADER]: "1" } }, "only GET and POST"],
  ];
  for (const [attempt, reason] of attacks) assertEquals([attempt, refusal(attempt)], [attempt, reason]);
});
