import { findLeaks } from "./find_leaks.ts";
import { judgeProblem } from "./judge_problem.ts";
import type { RawAnswer } from "./parse_answers.ts";
import type { Expectation, Row, Statuses } from "./row.ts";
import type { Received } from "./send_bytes.ts";

/** What is wrong with what came, in words for people; empty: nothing. */
export function judgeAnswers(
  { expect }: Row,
  { answers, rest, hung }: Received,
  marker: string,
): readonly string[] {
  const faults: string[] = [];
  const platform = expect.by === "platform";
  const statuses = [expect.status, ...expect.then ?? []];
  if (hung) faults.push("hung: nothing more came in time");
  else if (rest !== "") faults.push("the connection was closed in the middle of an answer");
  if (answers.length > statuses.length) {
    faults.push(`${answers.length} answers instead of ${statuses.length}`);
  }
  if (answers.length < statuses.length && !platform && !hung) {
    faults.push(`closed after ${answers.length} answers instead of ${statuses.length}`);
  }
  answers.forEach((answer, index) => {
    const wanted = statuses[index];
    const { status } = answer;
    if (wanted !== undefined && !includes(wanted, status)) {
      faults.push(`${status} instead of ${describeStatuses(wanted)}`);
    }
    if (status >= 500 && status !== 501) faults.push(`a ${status}`);
    if (status >= 400 && !(platform && isBare(answer))) faults.push(...judgeProblem(answer));
    if (expect.echoes === undefined && answer.whole.includes(marker)) faults.push("repeats what was sent");
    if (status >= 400) faults.push(...findLeaks(answer.whole));
  });
  const [first] = answers;
  if (first !== undefined) faults.push(...judgeFirst(expect, first));
  return [...new Set(faults)];
}

function judgeFirst({ continues, headers = {}, fault }: Expectation, answer: RawAnswer): string[] {
  const faults: string[] = [];
  const interim = continues ? "100" : "";
  if (answer.interim.join() !== interim) faults.push(`interim answers ${answer.interim.join() || "missing"}`);
  for (const [name, pattern] of Object.entries(headers)) {
    const value = answer.headers.get(name.toLowerCase());
    if (pattern === null ? value !== undefined : value === undefined || !pattern.test(value)) {
      faults.push(`${name} is ${value === undefined ? "absent" : "not as it has to be"}`);
    }
  }
  if (fault !== undefined && !namesFault(answer.body, fault)) faults.push(`does not name ${fault}`);
  return faults;
}

function namesFault(body: string, fault: string): boolean {
  try {
    const { invalidParams = [] }: { invalidParams?: readonly { name?: string; pointer?: string }[] } = JSON
      .parse(body);
    return invalidParams.some(({ name, pointer }) => name === fault || pointer === fault);
  } catch {
    return false;
  }
}

function includes(wanted: Statuses, status: number): boolean {
  if (wanted === "2xx") return status >= 200 && status < 300;
  if (wanted === "4xx") return status >= 400 && status < 500;
  return typeof wanted === "number" ? wanted === status : wanted.includes(status);
}

function describeStatuses(wanted: Statuses): string {
  return typeof wanted === "object" ? wanted.join(" or ") : String(wanted);
}

/** The platform's own answers have no body. */
function isBare({ headers, body }: RawAnswer): boolean {
  return body === "" && !headers.has("content-type");
}
