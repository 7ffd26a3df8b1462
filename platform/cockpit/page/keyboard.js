import { h } from "./dom.js";

/** Keys and what they do, as the help lists them. */
const KEYS = [
  ["j, k", "next and previous line"],
  ["Enter", "open the line"],
  ["/", "search"],
  ["Escape", "back to the list"],
  ["g", "top of the page"],
  ["1 … 9", "a view, by its place"],
  ["?", "this help"],
];

/**
 * Lets views be used without a mouse. What can be opened has the class "item": a link, button or summary; the link to
 * the list above has the class "up".
 */
export function listenToKeys(main) {
  const help = h(
    "dialog",
    { "aria-labelledby": "keys" },
    h("h2", { id: "keys" }, "Keys"),
    h("dl", {}, KEYS.flatMap(([key, effect]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, effect)])),
    h("form", { method: "dialog" }, h("button", {}, "Close")),
  );
  document.body.append(help);
  document.querySelector("#help").addEventListener("click", () => help.showModal());
  document.addEventListener("keydown", (event) => {
    const { key, target, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey || help.open) return;
    if (target.matches("input, select, textarea")) {
      if (key === "Escape") target.blur();
      return;
    }
    if (/^[1-9]$/.test(key)) {
      document.querySelectorAll("nav a")[key - 1]?.click();
      return;
    }
    const act = {
      j: () => move(main, 1),
      k: () => move(main, -1),
      "/": () => main.querySelector("input[type=search]")?.focus(),
      Escape: () => main.querySelector("a.up")?.click(),
      g: () => scrollTo(0, 0),
      "?": () => help.showModal(),
    }[key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
}

/** Moves the focus to an item below or above the one that has it. */
function move(main, step) {
  const items = [...main.querySelectorAll(".item")].filter((item) => item.offsetParent !== null);
  const { activeElement } = document;
  const index = items.findIndex((item) => item === activeElement || item.parentElement === activeElement);
  const next = index === -1 ? (step > 0 ? 0 : items.length - 1) : index + step;
  const item = items[Math.min(items.length - 1, Math.max(0, next))];
  item?.focus();
  item?.scrollIntoView({ block: "nearest" });
}
