import type { ApiDocument, Operation } from "./derived/api_document.ts";
import { itemOf } from "./derived/subjects.ts";
import { findLeaks } from "./find_leaks.ts";
import { judgeProblem } from "./judge_problem.ts";
import type { RawResponse } from "./parse_responses.ts";
import { bytesOf, type Expectation, type Row, type Statuses } from "./row.ts";
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
  { expect: written, isHouseRule = false }: Row,
  { responses, rest, hung }: Received,
  { marker, api, isHouse = true }: JudgeOptions,
): readonly string[] {
  const expect: Expectation = isHouseRule && !isHouse
    ? { status: "any", echoes: true, by: "platform" }
    : written;
  const faults: string[] = [];
  const platform = expect.by === "platform";
  const statuses = [expect.status, ...expect.then ?? []];
  if (hung) faults.push("hung: nothing more came in time");
  else if (rest !== "") faults.push("the connection was closed in the middle of a response");
  if (responses.length > statuses.length) {
    faults.push(`${responses.length} responses instead of ${statuses.length}`);
  }
  if (responses.length < statuses.length && !platform && !hung) {
    faults.push(`closed after ${responses.length} responses instead of ${statuses.length}`);
  }
  responses.forEach((response, index) => {
    const wanted = statuses[index];
    const { status } = response;
    if (wanted !== undefined && !includes(wanted, status)) {
      faults.push(`${status} instead of ${describeStatuses(wanted)}`);
    }
    if (status >= 500 && status !== 501) faults.push(`a ${status}`);
    if (status >= 400 && !(platform && isBare(response)) && api?.hasProblems !== false) {
      faults.push(...judgeProblem(response, { isHouse }));
    }
    if (!expect.echoes && response.whole.includes(marker)) faults.push("repeats what was sent");
    if (status >= 400) faults.push(...findLeaks(response.whole));
  });
  const [first] = responses;
  if (first !== undefined) faults.push(...judgeFirst(expect, first, api));
  return [...new Set(faults)];
}

function judgeFirst(expect: Expectation, response: RawResponse, api?: ApiDocument): string[] {
  const { continues, headers = {}, fault, atMost, operation } = expect;
  const faults: string[] = [];
  const interim = continues ? "100" : "";
  if (response.interim.join() !== interim) {
    faults.push(`interim responses ${response.interim.join() || "missing"}`);
  }
  for (const [name, pattern] of Object.entries(headers)) {
    const value = response.headers.get(name.toLowerCase());
    if (pattern === null ? value !== undefined : value === undefined || !pattern.test(value)) {
      faults.push(`${name} is ${value === undefined ? "absent" : "not as it has to be"}`);
    }
  }
  const wanted = [fault ?? []].flat();
  if (wanted.length > 0 && api?.namesFaults !== false && !namesFault(response, wanted)) {
    faults.push(`does not name ${wanted.join(" or ")}`);
  }
  if (atMost !== undefined && response.status === 200) {
    const body = parseBody(response);
    const count = [body, ...Object.values(Object(body))].find(Array.isArray)?.length ?? 0;
    if (count > atMost) faults.push(`${count} items instead of at most ${atMost}`);
  }
  if (operation !== undefined && api !== undefined) faults.push(...judgeDeclared(operation, response, api));
  return faults;
}

/** Compares a response with the one that the document declares for its status, if it does. */
function judgeDeclared({ responses }: Operation, response: RawResponse, api: ApiDocument): string[] {
  const { status, headers, body } = response;
  const declared = responses.get(String(status)) ?? responses.get(`${Math.floor(status / 100)}XX`);
  if (declared === undefined) {
    return status < 400 && !responses.has("default") && status !== 304
      ? [`a ${status} that the document does not declare`]
      : [];
  }
  const faults = Object.entries(api.resolve(declared["headers"]))
    .filter(([name, one]) => api.resolve(one)["required"] === true && !headers.has(name.toLowerCase()))
    .map(([name]) => `${name} is absent`);
  const content = api.resolve(declared["content"]);
  const type = (headers.get("content-type") ?? "").replace(/ *;.*/, "");
  if (body === "" || Object.keys(content).length === 0) return faults;
  const media = content[type] ?? content["*/*"];
  if (media === undefined) return [...faults, `Content-Type ${type || "absent"} is not declared`];
  const schema = api.resolve(media)["schema"];
  if (schema === undefined || !/json$/.test(type)) return faults;
  const wrong = api.faultsOf(schema, parseBody(response));
  return wrong.length === 0 ? faults : [...faults, `the body breaks its schema at ${wrong[0] || "its root"}`];
}

/** Compares what is stored with what was sent; texts count in normalization form C and without blanks around them. */
export function compareData(
  wanted: Readonly<Record<string, unknown>>,
  body: unknown,
  where: string,
): string[] {
  const item = itemOf(body);
  return Object.entries(wanted)
    .filter(([name, value]) => canonical(item[name]) !== canonical(value))
    .map(([name]) => `${name} differs ${where}`);
}

function canonical(value: unknown): string {
  return JSON.stringify(typeof value === "string" ? value.normalize("NFC").trim() : value ?? null);
}

/** Parses a body; undefined if it is no JSON. */
export function parseBody({ body }: RawResponse): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytesOf(body)));
  } catch {
    return undefined;
  }
}

function namesFault(response: RawResponse, wanted: readonly string[]): boolean {
  const { invalidParams = [] }: { invalidParams?: readonly { name?: string; pointer?: string }[] } = Object(
    parseBody(response),
  );
  return invalidParams.some(({ name = "", pointer = "" }) =>
    wanted.includes(name) || wanted.includes(pointer)
  );
}

function includes(wanted: Statuses, status: number): boolean {
  if (wanted === "any") return status < 500 || status === 501;
  if (wanted === "2xx") return status >= 200 && status < 300;
  if (wanted === "4xx") return status >= 400 && status < 500;
  return typeof wanted === "number" ? wanted === status : wanted.includes(status);
}

/** The statuses that a row expects, in words. */
export function describeStatuses(wanted: Statuses): string {
  if (wanted === "any") return "no server error";
  return typeof wanted === "object" ? wanted.join(" or ") : String(wanted);
}

/** Responses of the platform have no body. */
function isBare({ headers, body }: RawResponse): boolean {
  return body === "" && !headers.has("content-type");
}
