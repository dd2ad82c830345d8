// Single-key shortcuts for the daily work. They can be switched off (WCAG 2.1.4) and are silent while somebody types.
const STORE = "jingui.keys";
const help = document.getElementById("help");
const toggle = help?.querySelector("[data-keys-toggle]");

const isOn = () => localStorage.getItem(STORE) !== "off";
// A box that was just ticked holds the focus, and nobody types into it.
const TYPED = "textarea, select, audio, input:not([type=checkbox], [type=radio], [type=button], [type=submit])";
const isTyping = (target) => target.isContentEditable || Boolean(target.matches?.(TYPED));
const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.querySelector("[data-open]"));
const current = (all) => all.findIndex((row) => row.contains(document.activeElement));

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = current(all);
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
  const link = all[next].querySelector("[data-open]");
  link.focus({ preventScroll: true });
  all[next].scrollIntoView({ block: "nearest" });
}

function press(key) {
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  target?.click();
  return Boolean(target);
}

const keys = {
  "/": () => document.querySelector("[data-search], .filters select, .filters input")?.focus(),
  j: () => move(1),
  k: () => move(-1),
  o: () => rows()[current(rows())]?.querySelector("[data-open]").click(),
  x: () => rows()[current(rows())]?.querySelector("input[type=checkbox]")?.click(),
  "?": () => help?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (!isOn() || isTyping(event.target) || help?.open) return;
  if (keys[event.key]) {
    event.preventDefault();
    keys[event.key]();
  } else if (/^[a-z]$/.test(event.key) && press(event.key)) {
    event.preventDefault();
  }
});

for (const button of document.querySelectorAll("[data-help]")) {
  button.hidden = !help;
  button.addEventListener("click", () => help.showModal());
}

if (toggle) {
  toggle.checked = isOn();
  toggle.addEventListener("change", () => localStorage.setItem(STORE, toggle.checked ? "on" : "off"));
}
