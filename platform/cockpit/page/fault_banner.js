import { api, h } from "./dom.js";

/** Interval in which the armed faults are read, while the page is visible. */
const EVERY_MS = 2_000;

/** Event by which a view announces that it has armed or disarmed faults. */
export const FAULTS_CHANGED = "faults-changed";

/** Shows in an element, which lies over the page, whether faults are armed: on every view, until they are used up. */
export function showFaultBanner(element) {
  let latest = 0;
  async function update() {
    const turn = ++latest;
    let text = "";
    try {
      const { faults } = await api("/faults");
      const requests = faults.reduce((sum, { remaining }) => sum + remaining, 0);
      if (requests > 0) text = `Faults are armed for ${requests} request${requests === 1 ? "" : "s"}`;
    } catch {
      // The program restarts, which disarms them.
    }
    if (turn !== latest || element.dataset.text === text) return;
    element.dataset.text = text;
    element.hidden = text === "";
    element.replaceChildren(`${text}. `, h("a", { href: "#/faults" }, "Show or disarm them"));
  }
  setInterval(() => document.visibilityState === "visible" && update(), EVERY_MS);
  document.addEventListener("visibilitychange", update);
  document.addEventListener(FAULTS_CHANGED, update);
  update();
}
