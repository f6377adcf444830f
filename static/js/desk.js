// Keyboard shortcuts of the agents' desk. A control names its key in data-key; the page's help line
// says which there are. Nothing that decides or sends has a key of its own: keys lead to its page.

const help = document.querySelector("[data-keys]");
const OFF = "guichet-keys-off";

function areOn() {
  try {
    return window.localStorage.getItem(OFF) === null;
  } catch {
    return true; // a browser that remembers nothing
  }
}

if (help) {
  const dialog = help.querySelector("dialog");
  const box = help.querySelector("[data-keys-on]");
  help.hidden = false;
  box.checked = areOn();
  box.addEventListener("change", () => {
    if (box.checked) window.localStorage.removeItem(OFF);
    else window.localStorage.setItem(OFF, "1");
  });
  help.querySelector("[data-keys-open]").addEventListener("click", () => dialog.showModal());
}

function isTyping(target) {
  return target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName) ||
    (target.tagName === "INPUT" && target.type !== "checkbox");
}

function move(step) {
  const rows = [...document.querySelectorAll("tbody th a")];
  if (!rows.length) return;
  const here = rows.indexOf(document.activeElement);
  const next = here < 0 ? (step > 0 ? 0 : rows.length - 1) : here + step;
  rows[Math.min(Math.max(next, 0), rows.length - 1)].focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return;
  if (!areOn() || document.querySelector("dialog[open]")) return;
  const key = event.key.toLowerCase();
  if (key === "j" || key === "k") {
    move(key === "j" ? 1 : -1);
    return;
  }
  if (key === "x") {
    document.activeElement.closest("tr")?.querySelector("input[type=checkbox]")?.click();
    return;
  }
  const control = key.length === 1 && document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!control) return;
  event.preventDefault();
  if (control.tagName === "INPUT") control.focus();
  else control.click();
});

// A complement names a reason only for what is ticked: show the rest when it is needed.
for (const item of document.querySelectorAll(".g-asked > li")) {
  const box = item.querySelector("input[type=checkbox]");
  const why = item.querySelector(".g-asked__why");
  const show = () => (why.hidden = !box.checked);
  box.addEventListener("change", show);
  show();
}
