// A step of questions, with JavaScript: questions come and go at once, by the same expressions that
// the server evaluates. Without it the server shows them at the next page; it decides in any case.

const page = document.querySelector("[data-logic]");
if (page) import("./expressions.js").then((language) => start(page, language));
const pads = document.querySelectorAll("[data-signature]");
if (pads.length) import("./signature.js").then(({ enhance }) => pads.forEach(enhance));

function start(page, { evaluate, truthy }) {
  const before = JSON.parse(page.dataset.answers || "{}");
  const today = page.dataset.today;
  const fields = [...page.querySelectorAll("[data-field]")];
  // Parsed once: evaluating keeps what it learns about an expression by its identity.
  const rules = new Map(fields.map((field) => [field, rulesOf(field)]));

  function refresh() {
    const scope = { ...before };
    const rows = new Map();
    for (const field of fields) {
      const path = field.dataset.field.split(".");
      const row = path.length === 3 ? rowOf(scope, rows, path) : null;
      const options = { today, row };
      const rule = rules.get(field);
      const isOpen = truthy(rule.showIf, scope, options) && offer(field, rule, scope, options);
      const isShown = isOpen && !field.parentElement.closest("[data-field][hidden]");
      toggle(field, isShown);
      (row || scope)[path[path.length - 1]] = isShown ? read(field, rule, scope, options) : null;
    }
  }

  /** Open the options that the answers allow; false when a dependent list has none. */
  function offer(field, rule, scope, options) {
    if (rule.parentOf !== undefined) {
      const parent = evaluate(rule.parentOf, scope, options);
      const lines = [...field.querySelectorAll("[data-parent]")];
      lines.forEach((line) => open(line, line.dataset.parent === parent));
      return lines.some((line) => !line.hidden);
    }
    for (const [value, condition] of rule.optionsIf) {
      const control = field.querySelector(`[value="${CSS.escape(value)}"]`);
      const line = control.closest(".g-choice") || control;
      open(line, truthy(condition, scope, options));
    }
    return true;
  }

  function read(field, rule, scope, options) {
    if (rule.value === undefined) return readers[field.dataset.reader](field);
    const value = evaluate(rule.value, scope, options);
    const output = field.querySelector("output");
    if (output) output.textContent = words(value, field.dataset) || "—";
    return value;
  }

  function words(value, { currency, yes, no }) {
    if (value === null) return "";
    if (typeof value === "boolean") return (value ? yes : no) || "";
    if (currency) return evaluate({ money: [{ var: "value" }, currency] }, { value });
    return typeof value === "number" ? value.toLocaleString(document.documentElement.lang) : value;
  }

  page.addEventListener("input", refresh);
  page.addEventListener("change", refresh);
  // The browser restores typed answers after "back" without telling anybody.
  window.addEventListener("pageshow", refresh);
  refresh();
}

function rulesOf(field) {
  const parsed = (name) => (name in field.dataset ? JSON.parse(field.dataset[name]) : undefined);
  return {
    showIf: parsed("showIf"),
    value: parsed("value"),
    parentOf: parsed("parentOf"),
    optionsIf: Object.entries(parsed("optionsIf") || {}),
  };
}

/** Return the row that a column belongs to, made anew at each refresh. */
function rowOf(scope, rows, [group, index]) {
  if (!scope[group]) return {}; // the whole group is hidden
  const key = `${group}.${index}`;
  if (!rows.has(key)) {
    rows.set(key, {});
    scope[group].push(rows.get(key));
  }
  return rows.get(key);
}

function toggle(field, isShown) {
  field.hidden = !isShown || field.hasAttribute("data-silent");
  for (const control of field.querySelectorAll("input, select, textarea, button")) {
    const isInside = control.closest("[data-field]") === field;
    const isClosed = control.closest("[data-closed]");
    if (isInside) control.disabled = !isShown || Boolean(isClosed);
  }
}

/** Open or close one option; a closed one is not chosen. */
function open(line, isOpen) {
  const control = line.matches("option") ? line : line.querySelector("input");
  line.hidden = !isOpen;
  line.toggleAttribute("data-closed", !isOpen);
  control.disabled = !isOpen;
  if (isOpen) return;
  const list = control.selected && control.closest("select");
  if (list) list.value = "";
  control.checked = false;
}

// --- What each kind of question holds, in the form that the server keeps -----------------------
const DIGITS = /[\u0660-\u0669\u06f0-\u06f9]/g;
const latin = (text) => text.replace(DIGITS, (digit) => digit.charCodeAt(0) & 15);

function text(field) {
  const chosen = field.querySelector("input[type=radio]:checked, input[type=checkbox]:checked");
  if (field.querySelector("input[type=radio], input[type=checkbox]")) return chosen && chosen.value;
  const control = field.querySelector("input:not([type=hidden]), select, textarea");
  const typed = (control && control.value.trim()) || null;
  if (!control || !control.list) return typed;
  const option = [...control.list.options].find((one) => one.value === typed && !one.disabled);
  return option ? option.dataset.value : null;
}

function part(field, name) {
  const control = field.querySelector(`[name$=".${name}"]`);
  return control ? latin(control.value.trim()) : "";
}

function number(field) {
  const plain = latin(text(field) || "").replace(/[\s']/g, "").replace(",", ".");
  return /^[+-]?\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
}

function date(field) {
  const [day, month, year] = ["d", "m", "y"].map((name) => part(field, name));
  if (!/^\d{4}$/.test(year)) return null;
  if (!day && !month) return year;
  if (!/^\d{1,2}$/.test(day) || !/^\d{1,2}$/.test(month)) return null;
  return `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
}

function bool(field) {
  const chosen = field.querySelector("input:checked");
  return chosen ? chosen.value === "yes" : null;
}

function list(field) {
  const chosen = [...field.querySelectorAll("input:checked")].map((control) => control.value);
  return chosen.length ? chosen : null;
}

function map(field) {
  const controls = [...field.querySelectorAll("input:not([type=hidden])")];
  const parts = controls.map((one) => [one.name.split(".").pop(), one.value.trim()]);
  const filled = parts.filter(([, value]) => value);
  return filled.length ? Object.fromEntries(filled) : null;
}

const readers = {
  text, number, date, bool, list, map,
  money: number,
  rows: () => [], // the columns that follow fill it
  computed: () => null,
  kept: (field) => JSON.parse(field.dataset.kept || "null"), // only the server can tell
};
