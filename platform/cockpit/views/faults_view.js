import { api, button, h, table } from "../page/dom.js";
import { FAULTS_CHANGED } from "../page/fault_banner.js";

const KINDS = {
  drop: "Drop the response",
  unavailable: "Respond 503",
  delay: "Delay the request",
};

const EFFECTS = {
  drop: "The service does its work and commits it; then the connection breaks behind the status line. A " +
    "client that retries with the same Idempotency-Key gets the stored response, and no second effect.",
  unavailable:
    "The response is the 503 of an overloaded program, with Retry-After; the service is not called.",
  delay: "The request waits before the service is called.",
};

/** Faults that are injected into the next requests of clients. */
export const faultsView = {
  name: "faults",
  title: "Faults",
  show: showFaults,
};

async function showFaults(main, _parts, signal, query) {
  const armed = h("div", {});
  let drawn;
  const draw = ({ faults }) => {
    // Only changes, so that the focus stays.
    const text = JSON.stringify(faults);
    if (text === drawn) return;
    drawn = text;
    armed.replaceChildren(listOf(faults, disarm));
  };
  async function disarm(body) {
    draw(await api("/faults/disarm", { body }));
    document.dispatchEvent(new Event(FAULTS_CHANGED));
  }
  const state = await api("/faults");
  draw(state);
  main.append(
    h("h2", {}, "Faults"),
    h(
      "p",
      {},
      "See how a client behaves when a request fails. Faults concern the next requests of clients, and are gone " +
        "when the program restarts.",
    ),
    formOf(state, { operation: query.get("operation") ?? "", draw }),
    h("h3", {}, "Armed"),
    armed,
  );
  const timer = setInterval(async () => {
    try {
      draw(await api("/faults"));
    } catch {
      // The program restarts.
    }
  }, 1_000);
  signal.addEventListener("abort", () => clearInterval(timer));
}

function formOf({ operations }, { operation, draw }) {
  const kind = select("kind", Object.entries(KINDS), "drop");
  const effect = h("p", { class: "effect" }, EFFECTS.drop);
  const delay = number("delayMs", { value: 1000, max: 60_000 });
  const delayLabel = h("label", { hidden: true }, "Milliseconds ", delay);
  kind.addEventListener("change", () => {
    effect.textContent = EFFECTS[kind.value];
    delayLabel.hidden = kind.value !== "delay";
  });
  const target = select(
    "operation",
    [["", "every operation"], ...operations.map((name) => [name, name])],
    operation,
  );
  const requests = number("requests", { value: 1, max: 1000 });
  return h(
    "form",
    { class: "filters", onsubmit: (event) => event.preventDefault() },
    h("label", {}, "Fault ", kind),
    h("label", {}, "Operation ", target),
    h("label", {}, "Next requests ", requests),
    delayLabel,
    button("Arm", async () => {
      const body = {
        kind: kind.value,
        ...(target.value !== "" && { operation: target.value }),
        requests: requests.valueAsNumber,
        ...(kind.value === "delay" && { delayMs: delay.valueAsNumber }),
      };
      draw(await api("/faults", { body }));
      document.dispatchEvent(new Event(FAULTS_CHANGED));
    }),
    effect,
  );
}

function select(name, options, value) {
  return h(
    "select",
    { name },
    options.map(([each, text]) => h("option", { value: each, selected: each === value }, text)),
  );
}

function number(name, { value, max }) {
  return h("input", { name, type: "number", min: 1, max, value });
}

function listOf(faults, disarm) {
  if (faults.length === 0) {
    return h(
      "p",
      {},
      "None. Arm one above, send a request with your client, and find it in the list of requests.",
    );
  }
  return h(
    "div",
    {},
    table(
      ["Fault", "Operation", "Requests left", "Change"],
      faults.map(({ id, kind, operation, remaining, delayMs }) => [
        kind === "delay" ? `${KINDS.delay} by ${delayMs} ms` : KINDS[kind],
        operation ?? "every operation",
        remaining,
        button("Disarm", () => disarm({ id })),
      ]),
    ),
    faults.length > 1 && button("Disarm all", () => disarm({})),
  );
}
