import type { ApiDocument, Operation } from "./derived/api_document.ts";
import { itemOf } from "./derived/subjects.ts";
import { judgeProblem } from "./judge_problem.ts";
import type { JsonObject } from "@archway/service_kit/json_value.ts";
import { parseBody, type RawResponse } from "./parse_responses.ts";
import type { Expectation, Row, Statuses } from "./row.ts";
import type { Received } from "./send_bytes.ts";

/** Rules that apply to all responses of a run. */
export interface JudgeOptions {
  readonly marker: string;
  /** Document that responses are compared with, if there is one. */
  readonly api?: ApiDocument;
  /** Whether house rules apply. @default {true} */
  readonly isHouse?: boolean;
}

/** Returns the differences between responses and what a row expects; empty if there are none. */
export function judgeResponses(
  { expect: written, isHouseRule = false }: Pick<Row, "expect" | "isHouseRule">,
  { responses, rest, hung }: Received,
  { marker, api, isHouse = true }: JudgeOptions,
): readonly string[] {
  const expect: Expectation = isHouseRule && !isHouse
    ? { status: "any", echoes: true, by: "platform" }
    : written;
  const isLenient = expect.by === "platform";
  const statuses = [expect.status, ...expect.then ?? []];
  const [found, wanted] = [responses.length, statuses.length];
  const faults = [
    ...hung ? ["hung: nothing more came in time"] : [],
    ...!hung && rest !== "" ? ["the connection was closed in the middle of a response"] : [],
    ...found > wanted ? [`${found} responses instead of ${wanted}`] : [],
    ...found < wanted && !isLenient && !hung ? [`closed after ${found} responses instead of ${wanted}`] : [],
    ...responses.flatMap((response, index) => {
      const { status, whole, headers, body } = response;
      const expected = statuses[index] ?? status;
      const isBare = body === "" && !headers.has("content-type");
      return [
        ...includes(expected, status) ? [] : [`${status} instead of ${describeStatuses(expected)}`],
        ...status >= 500 && status !== 501 ? [`a ${status}`] : [],
        ...status >= 400 && !(isLenient && isBare) && api?.hasProblems !== false &&
            !isOtherError(expect.operation, response, api)
          ? judgeProblem(response, { isHouse })
          : [],
        ...!expect.echoes && whole.includes(marker) ? ["repeats what was sent"] : [],
        ...status >= 400 ? findLeaks(whole) : [],
      ];
    }),
    ...responses.slice(0, 1).flatMap((response) => judgeFirst(expect, response, api)),
  ];
  return [...new Set(faults)];
}

function judgeFirst(expect: Expectation, response: RawResponse, api?: ApiDocument): readonly string[] {
  const { continues, headers = {}, fault = [], atMost = Infinity, operation } = expect;
  const interim = response.interim.join();
  const body = parseBody(response);
  const names = [fault].flat();
  const { invalidParams }: { invalidParams?: readonly { name?: string; pointer?: string }[] } = Object(body);
  const isNamed = invalidParams?.some(({ name = "", pointer = "" }) =>
    names.includes(name) || names.includes(pointer)
  );
  const items = [body, ...Object.values(Object(body))].find(Array.isArray);
  const count = response.status === 200 ? items?.length ?? 0 : 0;
  return [
    ...interim === (continues ? "100" : "") ? [] : [`interim responses ${interim || "missing"}`],
    ...Object.entries(headers).flatMap(([name, pattern]) => {
      const value = response.headers.get(name.toLowerCase());
      const isRight = value === undefined ? pattern === null : pattern?.test(value) === true;
      return isRight ? [] : [`${name} is ${value === undefined ? "absent" : "not as it has to be"}`];
    }),
    ...names.length === 0 || api?.namesFaults === false || isNamed
      ? []
      : [`does not name ${names.join(" or ")}`],
    ...count > atMost ? [`${count} items instead of at most ${atMost}`] : [],
    ...operation === undefined || api === undefined ? [] : judgeDeclared(operation, response, api),
  ];
}

/** Whether an operation declares an error in a media type of its own, such as the errors of GraphQL. */
function isOtherError(operation: Operation | undefined, response: RawResponse, api?: ApiDocument): boolean {
  if (operation === undefined || api === undefined) return false;
  const type = mediaTypeOf(response);
  const content = api.resolve(declaredFor(operation, response)?.["content"]);
  return type !== "application/problem+json" && Object.hasOwn(content, type);
}

function declaredFor({ responses }: Operation, { status }: RawResponse): JsonObject | undefined {
  return responses.get(String(status)) ?? responses.get(`${Math.floor(status / 100)}XX`);
}

function mediaTypeOf({ headers }: RawResponse): string {
  return (headers.get("content-type") ?? "").replace(/ *;.*/, "");
}

/** Compares a response with the one that the document declares for its status, if it does. */
function judgeDeclared(operation: Operation, response: RawResponse, api: ApiDocument): readonly string[] {
  const { responses } = operation;
  const { status, headers, body } = response;
  const declared = declaredFor(operation, response);
  if (declared === undefined) {
    const isRequired = status < 400 && status !== 304 && !responses.has("default");
    return isRequired ? [`a ${status} that the document does not declare`] : [];
  }
  const faults = Object.entries(api.resolve(declared["headers"]))
    .filter(([name, one]) => api.resolve(one)["required"] === true && !headers.has(name.toLowerCase()))
    .map(([name]) => `${name} is absent`);
  const content = api.resolve(declared["content"]);
  const type = mediaTypeOf(response);
  if (body === "" || Object.keys(content).length === 0) return faults;
  const media = content[type] ?? content["*/*"];
  if (media === undefined) return [...faults, `Content-Type ${type || "absent"} is not declared`];
  const [wrong] = /json$/.test(type)
    ? api.faultsOf(api.resolve(media)["schema"] ?? true, parseBody(response))
    : [];
  return wrong === undefined ? faults : [...faults, `the body breaks its schema at ${wrong || "its root"}`];
}

/** Compares what is stored with what was sent; texts count in normalization form C and without blanks around them. */
export function compareData(wanted: Readonly<Record<string, unknown>>, body: unknown): readonly string[] {
  const item = itemOf(body);
  return Object.entries(wanted)
    .filter(([name, value]) => canonical(item[name]) !== canonical(value))
    .map(([name]) => `${name} differs from what was sent`);
}

function canonical(value: unknown): string {
  return JSON.stringify(typeof value === "string" ? value.normalize("NFC").trim() : value ?? null);
}

function includes(wanted: Statuses, status: number): boolean {
  if (wanted === "any") return status < 500 || status === 501;
  if (wanted === "2xx") return status >= 200 && status < 300;
  return [wanted].flat().includes(status);
}

/** Returns the statuses that a row expects, in words. */
export function describeStatuses(wanted: Statuses): string {
  return wanted === "any" ? "no server error" : [wanted].flat().join(" or ");
}

/** Patterns that the text of an error must not have, and a name for each. */
const LEAKS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [
    /\bat \S+ \(|\bat \S+:\d+:\d+|\n\s+at |Traceback \(most recent|\bgoroutine \d+ \[|\.java:\d+\)/,
    "a stack",
  ],
  [/\b[\w/-]+\.(?:[jt]sx?|py|rb|go|php|cs)\b(?::\d+)?/, "a source file"],
  [/\bfile:\/\/|\bnode:|\bnpm:|\bext:/, "a module"],
  [/(?:^|[\s"'(])\/(?:home|root|usr|tmp|var|etc|work|proc|app)\//, "a path"],
  [/\b(?:SELECT\s.+\sFROM|INSERT\s+INTO|DELETE\s+FROM|UPDATE\s.+\sSET|RETURNING)\b/i, "SQL"],
  [/\b(?:postgres|pglite|sqlstate|pg_\w+|relation "|constraint)\b/i, "the database"],
  [
    /\b(?:Type|Range|Syntax|Reference|URI|Internal)Error\b|\bundefined\b|\[object \w+\]|\bNaN\b/,
    "an exception",
  ],
  [/\bdeno\b|\bhono\b|\bajv\b|\bhyper\b/i, "the libraries in use"],
];

/** Returns the internals that the text of an error shows. */
function findLeaks(text: string): string[] {
  return LEAKS.filter(([pattern]) => pattern.test(text)).map(([, name]) => `shows ${name}`);
}
