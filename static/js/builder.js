// The builder, with JavaScript: drag to reorder, conditions redrawn in place, a warning before leaving
// a form that was changed. Every screen does the same without it, by buttons.
import "./condition.js";

document.documentElement.classList.add("js");

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
