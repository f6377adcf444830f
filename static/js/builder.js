// The builder, with JavaScript: drag to reorder, conditions redrawn in place, a warning before leaving
// a form that was changed. Every screen does the same without it, by buttons.
import "./condition.js";
import "./visit.js";

document.documentElement.classList.add("js");

let shown = null; // what ends with the screen: its watch, its warnings

function start() {
  shown?.abort();
  shown = new AbortController();
  document.querySelector(".b-tab[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  document.querySelectorAll("[data-order]").forEach(orderByDragging);
  focusPressed();
  document.querySelectorAll("[data-edit]").forEach(guard);
  document.querySelector("[data-errors]")?.focus();
  showWhileTyping(document.querySelector("form[data-edit][data-live]"), document.querySelector(".b-phone iframe"));
  watch(document.querySelector("[data-watch]"), shown.signal);
}

// --- Order by dragging (pointer: mouse, pen, finger); arrows up and down are the other way ----------
function orderByDragging(form) {
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
    if (item.dataset.key) form.append(hidden("order", item.dataset.key));
  }
  form.append(hidden("act", list.dataset.list === undefined ? "order" : `order:${list.dataset.list}`));
  form.requestSubmit();
}

function hidden(name, value) {
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name, value });
  return input;
}

// --- Order by keys: after the page comes back, the button pressed has the focus again ---------------
const PRESSED = "builder.pressed";
document.addEventListener("submit", ({ submitter }) => {
  const value = submitter?.name === "act" ? submitter.value : "";
  if (/^(up|down):/.test(value)) sessionStorage.setItem(PRESSED, value);
});

function focusPressed() {
  const pressed = sessionStorage.getItem(PRESSED);
  if (!pressed) return;
  sessionStorage.removeItem(PRESSED);
  const [verb, key] = pressed.split(":");
  const button = (way) => document.querySelector(`[name="act"][value="${CSS.escape(`${way}:${key}`)}"]:enabled`);
  (button(verb) || button(verb === "up" ? "down" : "up"))?.focus();
}

// --- Nothing typed is lost by a wrong click ------------------------------------------------------
function guard(form) {
  const note = document.querySelector(".b-app").dataset;
  if (document.querySelector("[data-errors]")) note.changed = "1";
  form.addEventListener("input", () => (note.changed = "1"));
  form.addEventListener("submit", () => delete note.changed);
}
addEventListener("beforeunload", (event) => {
  if (document.querySelector(".b-app")?.dataset.changed) event.preventDefault();
});

// --- What is typed shows in the telephone before it is saved -----------------------------------------
function showWhileTyping(edited, phone) {
  if (!phone || !edited) return;
  const address = location.href;
  let waiting = 0;
  edited.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      if (!edited.isConnected) return;
      const data = new FormData(edited);
      data.set("_preview", "1");
      const answer = await fetch(address, { method: "POST", body: data }).catch(() => null);
      if (answer?.ok && edited.isConnected) phone.srcdoc = await answer.text();
    }, 500);
  });
}

// --- Somebody else saved: said at once, not only when one saves -------------------------------------
function watch(line, signal) {
  if (!line) return;
  const timer = setInterval(async () => {
    if (document.hidden || !line.hidden) return;
    const answer = await fetch(line.dataset.watch).catch(() => null);
    const { words } = answer && answer.ok ? await answer.json() : {};
    if (!words) return;
    line.textContent = words;
    line.hidden = false;
  }, 20000);
  signal.addEventListener("abort", () => clearInterval(timer));
}

document.addEventListener("builder:shown", start);
start();
