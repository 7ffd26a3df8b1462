import type { HttpTheme } from "../http_theme.ts";
import { get } from "../requests.ts";
import type { Row } from "@archway/tools/support/conformance/row.ts";
import { shorten } from "@archway/tools/support/conformance/shorten.ts";
import { pages } from "../set_up.ts";

const BAD = [
  "a",
  "0",
  "null",
  "%00",
  "=",
  "{marker}",
  "{id}",
  "{token}",
  "{prev}{next}",
  "{next}=",
  "{next}%3D%3D",
  "{next}A",
  "A{next}",
  "%20{next}",
  "{next}%20",
  "{next}%0a",
  "{next}.{next}",
  "A".repeat(80),
  "_".repeat(1_024),
  "eyJhbGciOiJub25lIn0.e30.",
  "MTIzNDU2Nzg5MA%3D%3D",
  "%F0%9F%98%80",
  "..%2f..%2fetc%2fpasswd",
  "' OR 1=1--".replaceAll(" ", "%20"),
];

const bad: readonly Row[] = ["after", "before"].flatMap((name) =>
  BAD.map((text): Row => ({
    name: `${name}=${shorten(text)}`,
    given: pages,
    request: get(`{list}?limit=1&${name}=${text}`),
    expect: { status: 400, fault: name },
  }))
);

const others: readonly Row[] = [
  {
    name: "a cursor that is right",
    given: pages,
    request: get("{list}?limit=1&after={next}"),
    expect: { status: 200 },
  },
  {
    name: "a cursor that is right, backwards",
    given: pages,
    request: get("{list}?limit=1&before={prev}"),
    expect: { status: 200 },
  },
  {
    name: "a cursor of the other direction",
    given: pages,
    request: get("{list}?limit=1&before={next}"),
    expect: { status: 400, fault: "before" },
  },
  {
    name: "a cursor of the other direction, forwards",
    given: pages,
    request: get("{list}?limit=1&after={prev}"),
    expect: { status: 400, fault: "after" },
  },
  {
    name: "a cursor in small letters",
    given: pages,
    request: get("{list}?limit=1&after={lower}"),
    expect: { status: 400, fault: "after" },
  },
  {
    name: "a cursor without its last letter",
    given: pages,
    request: get("{list}?limit=1&after={cut}"),
    expect: { status: 400, fault: "after" },
  },
  {
    name: "a cursor with one letter changed in the middle",
    given: pages,
    request: get("{list}?limit=1&after={changed}"),
    expect: { status: 400, fault: "after" },
  },
  {
    name: "a cursor with its last letter changed",
    given: pages,
    request: get("{list}?limit=1&after={changedend}"),
    expect: { status: 400, fault: "after" },
  },
  {
    name: "a cursor twice",
    given: pages,
    request: get("{list}?after={next}&after={next}"),
    expect: { status: 400, fault: "after" },
  },
  {
    name: "both cursors",
    given: pages,
    request: get("{list}?after={next}&before={prev}"),
    expect: { status: 400, fault: "before" },
  },
  {
    name: "a cursor of 1,025 letters",
    request: get(`{list}?after=${"a".repeat(1_025)}`),
    expect: { status: 400, fault: "after" },
  },
  {
    name: "a cursor that is right with another limit",
    given: pages,
    request: get("{list}?limit=200&after={next}"),
    expect: { status: 200 },
  },
];

/** Cursors that were changed, cut, made up, or belong elsewhere. */
export const CURSORS: HttpTheme = {
  name: "cursors",
  rows: [...bad, ...others],
  contactRows: [
    {
      name: "a cursor of a list with another filter",
      given: pages,
      request: get("{list}?limit=1&name={marker}&after={next}"),
      expect: { status: 400, fault: "after" },
    },
    {
      name: "a cursor among the offset pages",
      given: pages,
      request: get("{list}?page=1&after={next}"),
      expect: { status: 400, fault: "after" },
    },
  ],
};
