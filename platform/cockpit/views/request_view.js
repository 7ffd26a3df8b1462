import { api, button, duration, h, table } from "../page/dom.js";
import { errorsOf } from "./error_view.js";
import { causedWork, waterfall } from "./waterfall.js";

/** Interval and number of the looks at work that a request caused, which may come later. */
const LOOK_MS = 1_500;
const MAX_LOOKS = 40;

/** Shows everything about a request: its error, its trace, the work that it caused, its log, headers and bodies. */
export async function showRequest(main, id, { list, signal }) {
  const request = await api(`/requests/${id}`);
  const { method, path, query, status, problem, fault, ms, lines, requestId, resendRefusal } = request;
  main.append(
    h(
      "p",
      {},
      h("a", { class: "up", href: list }, list === "#/requests" ? "All requests" : "Back to the list"),
    ),
    h("h2", {}, `${method} ${query === "" ? path : `${path}?${query}`}`),
    h(
      "dl",
      { class: "facts" },
      ...Object.entries({
        Status: problem === undefined ? status : `${status} ${problem}`,
        Duration: duration(ms),
        Time: new Date(request.time).toLocaleString("en-GB"),
        Route: request.route || "none",
        "Request id": requestId,
        Trace: request.traceId ?? "none",
        Subject: request.subject ?? "none",
        ...(fault !== undefined && { "Injected fault": fault }),
      }).map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, String(value)))),
    ),
    h(
      "p",
      { class: "actions" },
      resendRefusal ?? button("Send again", async () => {
        const { id: other } = await api(`/requests/${id}/resend`, { body: {} });
        if (other !== undefined) location.hash = `#/requests/${other}`;
      }),
      button("Copy as curl", () => navigator.clipboard.writeText(curlOf(request))),
      request.route !== "" && h("a", {
        href: `#/requests?${new URLSearchParams({ method, route: request.route })}`,
      }, "Requests of this operation"),
      request.route !== "" && h("a", {
        href: `#/faults?${new URLSearchParams({ operation: `${method} ${request.route}` })}`,
      }, "Inject a fault"),
    ),
    ...errorsOf(request),
    h("h3", {}, "Trace"),
    waterfall(request.spans.filter(({ isCaused }) => !isCaused), { id, ms, at: 0 }),
    ...causedSection(request, signal),
    h("h3", {}, "Log"),
    lines.length === 0
      ? h(
        "p",
        {},
        "No line besides that of the request. Lines that handlers write with the logger appear here.",
      )
      : table(
        ["Level", "Line", "Values"],
        lines.map(({ level, text, attributes }) => [level, text, valuesOf(attributes)]),
      ),
    h("h3", {}, "Request"),
    headers(request.requestHeaders),
    bodyOf(request.requestBody),
    h("h3", {}, "Response"),
    headers(request.responseHeaders),
    bodyOf(request.responseBody),
  );
}

/** Returns the values of a line besides those that the page shows above. */
function valuesOf({ requestId: _requestId, traceId: _traceId, instance: _instance, ...others }) {
  return JSON.stringify(others);
}

/** Shows work that the request caused. What arrives later is shown on demand, so that nothing moves by itself. */
function causedSection(request, signal) {
  const count = ({ spans }) => spans.filter(({ isCaused }) => isCaused).length;
  const work = h("div", {}, causedWork(request));
  let shown = request;
  let latest = request;
  const news = h("button", {
    type: "button",
    class: "news item",
    onclick: () => {
      shown = latest;
      work.replaceChildren(causedWork(shown));
      news.classList.remove("visible");
    },
  });
  const announce = () => {
    const more = count(latest) - count(shown);
    if (more <= 0) return;
    news.textContent = `Show ${more} new span${more === 1 ? "" : "s"}`;
    news.classList.add("visible");
  };
  let looks = 0;
  const timer = setInterval(async () => {
    if (++looks >= MAX_LOOKS) clearInterval(timer);
    try {
      latest = await api(`/requests/${request.id}`);
      if (!signal.aborted) announce();
    } catch {
      // The program restarts, and the request is of an earlier run then.
    }
  }, LOOK_MS);
  signal.addEventListener("abort", () => clearInterval(timer));
  return [h("h3", {}, "Work that it caused ", news), work];
}

function headers(list) {
  if (list.length === 0) return h("p", {}, "No headers.");
  return h(
    "dl",
    { class: "headers" },
    ...list.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]),
  );
}

function bodyOf(text) {
  if (text === undefined || text === "") return h("p", {}, "No body, or a stream.");
  let shown = text;
  try {
    shown = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Not JSON, or cut: as it is.
  }
  return h("pre", { tabindex: "0" }, shown);
}

/** Headers that curl sends by itself, or that belong to the connection. */
const NOT_COPIED = /^(?:accept-encoding|connection|content-length|host|origin|referer|sec-.*|user-agent)$/;

/** Returns a command that sends the request. Secrets are not shown, so they stand as variables. */
function curlOf({ method, path, query, requestHeaders, requestBody }) {
  const quote = (text) => `'${text.replaceAll("'", `'\\''`)}'`;
  const host = requestHeaders.find(([name]) => name === "host")?.[1] ?? location.host;
  const parts = requestHeaders.filter(([name]) => !NOT_COPIED.test(name)).map(([name, value]) =>
    value === "[not shown]"
      ? `-H "${name}: $${name.toUpperCase().replaceAll("-", "_")}"`
      : `-H ${quote(`${name}: ${value}`)}`
  );
  if (requestBody) parts.push(`-d ${quote(requestBody)}`);
  const url = `http://${host}${path}${query === "" ? "" : `?${query}`}`;
  return [`curl -i -X ${method}`, quote(url), ...parts].join(" ");
}
