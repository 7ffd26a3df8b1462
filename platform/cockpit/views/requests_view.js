import { api, button, duration, h } from "../page/dom.js";
import { showRequest } from "./request_view.js";

/** Number of rows in the list. */
const MAX_ROWS = 200;

/** Filters of the list, which the fragment of the page contains, so that a link can be shared. */
const FILTERS = ["status", "method", "path", "route"];

/** Fragment of the list that was shown last, for the way back from a request. */
let latestList = "#/requests";

/** List of requests, which grows while they arrive, and one request with everything about it. */
export const requestsView = {
  name: "requests",
  title: "Requests",
  show: (main, [id], signal, query) =>
    id === undefined ? showList(main, signal, query) : showRequest(main, id, { list: latestList, signal }),
};

async function showList(main, signal, query) {
  const filters = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? ""]));
  const body = h("tbody", {});
  const note = h("div", { class: "empty" });
  const form = h("form", { class: "filters", onsubmit: (event) => event.preventDefault() });
  const unrecorded = h("p", { class: "unrecorded", role: "status" });
  const stream = liveRows(body, {
    note: (text) => showNote(text),
    count: (leftOut) => {
      if (leftOut > 0) unrecorded.textContent = `${leftOut} more were not recorded: over 1,000 a second`;
    },
    filters: () => active(filters),
    signal,
  });

  async function change(name, value) {
    filters[name] = value;
    latestList = fragmentOf(filters);
    history.replaceState(null, "", latestList);
    try {
      await stream.load();
    } catch (error) {
      showNote(error.message);
    }
  }

  function showNote(text) {
    note.hidden = text === undefined && body.children.length > 0;
    if (note.hidden) return;
    if (text !== undefined) note.replaceChildren(h("p", { role: "alert" }, text));
    else note.replaceChildren(...(active(filters).size > 0 ? noneMatch() : none()));
  }

  const noneMatch = () => [
    h("p", {}, "No recorded request matches the filters. New ones appear here if they match."),
    h("a", { class: "item", href: "#/requests" }, "Show all requests"),
  ];
  const none = () => [
    h("p", {}, "No request yet. Send one with your client, and it appears here."),
    button("Send one for me", async () => void await api("/requests/example", { body: {} })),
  ];

  latestList = fragmentOf(filters);
  form.append(...controls(filters, change), unrecorded);
  main.append(
    h("h2", {}, "Requests"),
    form,
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
  signal.addEventListener("abort", () => stream.close());
  await stream.load();
}

/** Returns the filters that are set. */
function active(filters) {
  return new URLSearchParams(Object.entries(filters).filter(([, value]) => value !== ""));
}

function fragmentOf(filters) {
  const query = active(filters);
  return query.size === 0 ? "#/requests" : `#/requests?${query}`;
}

function controls(filters, change) {
  const select = (name, label, options) =>
    h(
      "label",
      {},
      `${label} `,
      h(
        "select",
        { onchange: ({ target }) => change(name, target.value) },
        options.map(([value, text]) => h("option", { value, selected: filters[name] === value }, text)),
      ),
    );
  const route = filters.route !== "" && h(
    "button",
    {
      type: "button",
      onclick: ({ currentTarget }) => {
        currentTarget.remove();
        change("route", "");
      },
    },
    `Route ${filters.route} ✕`,
  );
  return [
    select("status", "Status", [["", "all"], ["2", "2xx"], ["3", "3xx"], ["4", "4xx"], ["5", "5xx"]]),
    select("method", "Method", [
      ["", "all"],
      ...["GET", "POST", "PATCH", "PUT", "DELETE"].map((method) => [method, method]),
    ]),
    h(
      "label",
      {},
      "Path or request id ",
      h("input", {
        type: "search",
        value: filters.path,
        oninput: ({ target }) => change("path", target.value.trim()),
      }),
    ),
    ...(route ? [route] : []),
  ];
}

/** Fills a table with the rows that match the filters, and with new ones as they arrive. */
function liveRows(body, { note, count, filters, signal }) {
  let events;

  function load() {
    events?.close();
    if (signal.aborted) return Promise.resolve();
    const query = filters();
    const source = events = new EventSource(`api/requests/live?${query}`);
    let newest = 0;
    /** Rows that arrive while the list is read. */
    let early;
    const add = (rows) => {
      const later = rows.filter(({ id }) => id > newest);
      newest = later.at(-1)?.id ?? newest;
      body.prepend(...later.map(rowOf).reverse());
      while (body.children.length > MAX_ROWS) body.lastChild.remove();
      note();
    };
    source.onmessage = ({ data }) => {
      const { rows, leftOut } = JSON.parse(data);
      if (early === undefined) add(rows);
      else early.push(...rows);
      count(leftOut);
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

  return { load, close: () => events?.close() };
}

function rowOf({ id, time, method, path, query, status, problem, fault, ms }) {
  return h(
    "tr",
    { class: `s${String(status)[0]}` },
    h("td", {}, new Date(time).toLocaleTimeString("en-GB")),
    h("td", {}, method),
    h(
      "td",
      {},
      h("a", { class: "item", href: `#/requests/${id}` }, query === "" ? path : `${path}?${query}`),
    ),
    h(
      "td",
      {},
      problem === undefined ? String(status) : `${status} ${problem}`,
      fault !== undefined && h("span", { class: "badge", title: `Injected: ${fault}` }, "fault"),
    ),
    h("td", { class: "number" }, duration(ms)),
  );
}
