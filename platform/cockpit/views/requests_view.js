import { api, button, duration, h, table } from "../page/dom.js";

/** Number of rows in the list. */
const MAX_ROWS = 200;

/** List of requests, which grows while they arrive, and one request with everything about it. */
export const requestsView = {
  name: "requests",
  title: "Requests",
  show: (main, [id], signal) => id === undefined ? showList(main, signal) : showRequest(main, id),
};

const filters = { status: "", method: "", path: "" };

async function showList(main, signal) {
  const body = h("tbody", {});
  const note = h("p", {}, "No request yet. Send one, and it appears here.");
  let events;

  function load() {
    events?.close();
    if (signal.aborted) return Promise.resolve();
    const query = new URLSearchParams(filters);
    const source = events = new EventSource(`api/requests/live?${query}`);
    let newest = 0;
    /** Rows that arrive while the list is read. */
    let early;
    const add = (rows) => {
      const later = rows.filter(({ id }) => id > newest);
      newest = later.at(-1)?.id ?? newest;
      body.prepend(...later.map(rowOf).reverse());
      while (body.children.length > MAX_ROWS) body.lastChild.remove();
      note.hidden = body.children.length > 0;
    };
    source.onmessage = ({ data }) => {
      if (early === undefined) add(JSON.parse(data));
      else early.push(...JSON.parse(data));
    };
    return new Promise((resolve, reject) => {
      source.onerror = () => {
        if (source.readyState === EventSource.CLOSED) reject(new Error("The program sends no requests"));
      };
      // Once rows are sent, so that none is missed; also after a restart of the program.
      source.onopen = async () => {
        early = [];
        try {
          const rows = await api(`/requests?${query}`);
          // Another filter has been chosen meanwhile.
          if (source !== events) return resolve();
          body.replaceChildren();
          newest = 0;
          add(rows.toReversed());
          add(early);
          resolve();
        } catch (error) {
          reject(error);
        } finally {
          early = undefined;
        }
      };
    });
  }

  const reload = async () => {
    try {
      await load();
    } catch (error) {
      note.textContent = error.message;
      note.hidden = false;
    }
  };
  const select = (name, label, options) =>
    h(
      "label",
      {},
      `${label} `,
      h(
        "select",
        {
          onchange: ({ target }) => {
            filters[name] = target.value;
            reload();
          },
        },
        options.map(([value, text]) => h("option", { value, selected: filters[name] === value }, text)),
      ),
    );
  main.append(
    h("h2", {}, "Requests"),
    h(
      "form",
      { class: "filters", onsubmit: (event) => event.preventDefault() },
      select("status", "Status", [["", "all"], ["2", "2xx"], ["3", "3xx"], ["4", "4xx"], ["5", "5xx"]]),
      select("method", "Method", [
        ["", "all"],
        ...["GET", "POST", "PATCH", "PUT", "DELETE"].map((m) => [m, m]),
      ]),
      h(
        "label",
        {},
        "Path or request id ",
        h("input", {
          type: "search",
          value: filters.path,
          oninput: ({ target }) => {
            filters.path = target.value.trim();
            reload();
          },
        }),
      ),
    ),
    h(
      "table",
      { class: "requests" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          ["Time", "Method", "Path", "Status", "Duration"].map((text) => h("th", { scope: "col" }, text)),
        ),
      ),
      body,
    ),
    note,
  );
  signal.addEventListener("abort", () => events?.close());
  await load();
}

function rowOf({ id, time, method, path, query, status, problem, ms }) {
  return h(
    "tr",
    { class: `s${String(status)[0]}` },
    h("td", {}, new Date(time).toLocaleTimeString("en-GB")),
    h("td", {}, method),
    h("td", {}, h("a", { href: `#/requests/${id}` }, query === "" ? path : `${path}?${query}`)),
    h("td", {}, problem === undefined ? String(status) : `${status} ${problem}`),
    h("td", { class: "number" }, duration(ms)),
  );
}

async function showRequest(main, id) {
  const request = await api(`/requests/${id}`);
  const { method, path, query, status, problem, ms, lines, requestId, resendRefusal } = request;
  main.append(
    h("p", {}, h("a", { href: "#/requests" }, "All requests")),
    h("h2", {}, `${method} ${query === "" ? path : `${path}?${query}`}`),
    h(
      "dl",
      {},
      ...facts({
        Status: problem === undefined ? status : `${status} ${problem}`,
        Duration: duration(ms),
        Time: new Date(request.time).toLocaleString("en-GB"),
        Route: request.route || "none",
        "Request id": requestId,
        Trace: request.traceId ?? "none",
        Subject: request.subject ?? "none",
      }),
    ),
    h(
      "p",
      {},
      resendRefusal ?? button("Send again", async () => {
        const { id: other } = await api(`/requests/${id}/resend`, { body: {} });
        if (other !== undefined) location.hash = `#/requests/${other}`;
      }),
    ),
    ...lines.flatMap(({ error }) => error === undefined ? [] : [errorOf(error, request)]),
    h("h3", {}, "Trace"),
    waterfall(request),
    h("h3", {}, "Log"),
    lines.length === 0 ? h("p", {}, "No line besides that of the request.") : table(
      ["Level", "Line", "Values"],
      lines.map(({ level, text, attributes }) => [
        level,
        text,
        JSON.stringify(attributes),
      ]),
    ),
    h("h3", {}, "Request"),
    headers(request.requestHeaders),
    bodyOf(request.requestBody),
    h("h3", {}, "Response"),
    headers(request.responseHeaders),
    bodyOf(request.responseBody),
  );
}

function facts(values) {
  return Object.entries(values).flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, String(value))]);
}

function headers(list) {
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

/** Shows an error with its causes. Frames of the project lead to their lines. */
function errorOf(error, request, label = "") {
  const { name, code, message, fields, frames, cause, errors = [] } = error;
  const own = frames.filter(({ isOwn }) => isOwn);
  return h(
    "section",
    { class: "error" },
    h("h3", {}, `${label}${code === undefined ? name : `${name} [${code}]`}: ${message}`),
    Object.keys(fields).length > 0 && h("dl", {}, ...facts(fields)),
    h(
      "ol",
      { class: "frames" },
      own.map((frame) => h("li", {}, frameOf(frame, request))),
    ),
    errors.map((each) => errorOf(each, request)),
    cause !== undefined && errorOf(cause, request, "caused by "),
  );
}

function frameOf({ call, url, file, line, column }, { id }) {
  const source = h("pre", { class: "source", tabindex: "0", hidden: true });
  const place = `${file}:${line}:${column}`;
  const onclick = async () => {
    if (source.childNodes.length === 0) {
      const query = new URLSearchParams({ url, line });
      try {
        const { first, lines } = await api(`/requests/${id}/source?${query}`);
        source.append(
          ...lines.map((text, index) =>
            h(first + index === line ? "mark" : "span", {}, `${String(first + index).padStart(5)}  ${text}\n`)
          ),
        );
      } catch (error) {
        source.append(error.message);
      }
    }
    source.hidden = !source.hidden;
  };
  const path = decodeURIComponent(new URL(url).pathname);
  return [
    h("button", { type: "button", class: "frame", onclick }, place),
    call === undefined ? "" : ` in ${call} `,
    h("a", { href: `vscode://file${path}:${line}:${column}` }, "open in the editor"),
    source,
  ];
}

/** Shows spans over time, with the attributes of each below its bar. */
function waterfall({ id, spans, ms }) {
  if (spans.length === 0) return h("p", {}, "Nothing was traced.");
  const total = Math.max(ms, ...spans.map((span) => span.at + span.ms), 0.001);
  const depth = (span) => {
    const parent = spans.find((other) => other.id === span.parent);
    return parent === undefined ? 0 : depth(parent) + 1;
  };
  return h(
    "ol",
    { class: "waterfall" },
    spans.map((span) =>
      h(
        "li",
        { class: span.isCaused ? "caused" : "" },
        h(
          "details",
          {},
          h(
            "summary",
            {},
            h("span", { class: `name d${Math.min(depth(span), 5)}` }, span.name),
            bar(span, total),
            h("span", { class: "number" }, duration(span.ms)),
          ),
          h("dl", {}, ...facts(span.attributes)),
          span.attributes["db.query.text"] !== undefined && plan(id, span),
        ),
      )
    ),
  );
}

function bar({ at, ms }, total) {
  const svg = (tag, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  const image = svg("svg", { class: "bar", "aria-hidden": "true" });
  const start = Math.min(100, Math.max(0, 100 * at / total));
  const width = Math.max(0.4, 100 * ms / total);
  image.append(svg("rect", { x: `${start}%`, width: `${width}%`, y: "20%", height: "60%" }));
  return image;
}

function plan(id, span) {
  const output = h("pre", { hidden: true, tabindex: "0" });
  return h(
    "div",
    {},
    button("Explain", async () => {
      const { plan: lines } = await api(`/requests/${id}/explain`, { body: { span: span.id } });
      output.textContent = lines.join("\n");
      output.hidden = false;
    }),
    output,
  );
}
