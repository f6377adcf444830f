// The builder, with JavaScript: drag to reorder, conditions redrawn in place, a warning before leaving
// a form that was changed. Every screen does the same without it, by buttons.
import "./condition.js";

document.documentElement.classList.add("js");

document.querySelector(".b-tab[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// --- Order by dragging (pointer: mouse, pen, finger); arrows up and down are the other way ----------
for (const form of document.querySelectorAll("[data-order]")) {
  let row = null;
  form.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip || event.button) return;
    row = grip.closest("[data-key]");
    row.dataset.dragged = "";
    form.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  form.addEventListener("pointermove", (event) => {
    if (!row) return;
    const list = row.parentElement;
    const others = [...list.children].filter((one) => one !== row && one.dataset.key);
    const after = others.find((one) => {
      const box = one.getBoundingClientRect();
      return event.clientY < box.top + box.height / 2;
    });
    if (after ? row.nextElementSibling !== after : list.lastElementChild !== row) {
      list.insertBefore(row, after || null);
    }
  });
  const drop = () => {
    if (!row) return;
    const list = row.parentElement;
    delete row.dataset.dragged;
    row = null;
    submitOrder(form, list);
  };
  form.addEventListener("pointerup", drop);
  form.addEventListener("pointercancel", drop);
}

function submitOrder(form, list) {
  for (const item of list.children) {
    if (!item.dataset.key) continue;
    form.append(hidden("order", item.dataset.key));
  }
  form.append(hidden("act", list.dataset.list === undefined ? "order" : `order:${list.dataset.list}`));
  form.submit();
}

// --- Order by keys: after the page comes back, the button pressed has the focus again ---------------
const PRESSED = "builder.pressed";
document.addEventListener("submit", ({ submitter }) => {
  const value = submitter?.name === "act" ? submitter.value : "";
  if (/^(up|down):/.test(value)) sessionStorage.setItem(PRESSED, value);
});
const pressed = sessionStorage.getItem(PRESSED);
if (pressed) {
  sessionStorage.removeItem(PRESSED);
  const [verb, key] = pressed.split(":");
  const button = (way) => document.querySelector(`[name="act"][value="${CSS.escape(`${way}:${key}`)}"]:enabled`);
  (button(verb) || button(verb === "up" ? "down" : "up"))?.focus();
}

function hidden(name, value) {
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name, value });
  return input;
}

// --- Nothing typed is lost by a wrong click ------------------------------------------------------
for (const form of document.querySelectorAll("[data-edit]")) {
  let changed = Boolean(document.querySelector("[data-errors]"));
  form.addEventListener("input", () => (changed = true));
  form.addEventListener("submit", () => (changed = false));
  addEventListener("beforeunload", (event) => changed && event.preventDefault());
}
document.querySelector("[data-errors]")?.focus();

// --- What is typed shows in the telephone before it is saved -----------------------------------------
const phone = document.querySelector(".b-phone iframe");
const edited = document.querySelector("form[data-edit][data-live]");
if (phone && edited) {
  let waiting = 0;
  edited.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const data = new FormData(edited);
      data.set("_preview", "1");
      const answer = await fetch(location.href, { method: "POST", body: data });
      if (answer.ok) phone.srcdoc = await answer.text();
    }, 500);
  });
}

// --- Somebody else saved: said at once, not only when one saves -------------------------------------
const watch = document.querySelector("[data-watch]");
if (watch) {
  setInterval(async () => {
    if (document.hidden || !watch.hidden) return;
    const answer = await fetch(watch.dataset.watch).catch(() => null);
    const { words } = answer && answer.ok ? await answer.json() : {};
    if (!words) return;
    watch.textContent = words;
    watch.hidden = false;
  }, 20000);
}
