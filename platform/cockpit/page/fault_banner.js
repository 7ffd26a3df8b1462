import { api, h } from "./dom.js";

/** Interval in which the armed faults are read, while the page is visible. */
const EVERY_MS = 2_000;

/** Event by which a view announces that it has armed or disarmed faults. */
export const FAULTS_CHANGED = "faults-changed";

/** Shows in an element, which lies over the page, whether faults are armed, and whether the program runs. */
export function showFaultBanner(element) {
  let latest = 0;
  async function update() {
    const turn = ++latest;
    const { text, isArmed } = await stateOf();
    if (turn !== latest || element.dataset.text === text) return;
    element.dataset.text = text;
    element.hidden = text === "";
    element.replaceChildren(`${text}. `, isArmed ? h("a", { href: "#/faults" }, "Show or disarm them") : "");
  }
  setInterval(() => document.visibilityState === "visible" && update(), EVERY_MS);
  document.addEventListener("visibilitychange", update);
  document.addEventListener(FAULTS_CHANGED, update);
  update();
}

async function stateOf() {
  try {
    const { faults } = await api("/faults");
    const requests = faults.reduce((sum, { remaining }) => sum + remaining, 0);
    if (requests === 0) return { text: "", isArmed: false };
    return { text: `Faults are armed for ${requests} request${requests === 1 ? "" : "s"}`, isArmed: true };
  } catch {
    return { text: "The program does not respond; it restarts, or has stopped", isArmed: false };
  }
}
