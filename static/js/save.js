// Saves a step while it is being written, a few seconds after each answer, and says whether it is
// saved. Without network the answers stay in this browser and go out, once, when it is back.
// Without this file the step is saved by its own button, as every form.

import * as keep from "./keep.js";
import { Gone, Lost, reach } from "./reach.js";

const PAUSE = 900; // ms after the last key
const LONGEST_WAIT = 60_000;
const OUR_NAMES = /^(csrfmiddlewaretoken|_asked|_later|_add:.*|_remove:.*|_tab|_save)$/;

const form = document.querySelector("form[data-save]");
if (form) start(form, form.querySelector("[data-save-state]"), form.querySelector("[data-save-way]"));

function start(form, line, way) {
  const draft = form.dataset.save;
  const id = `${draft}|step|${form.dataset.stepKey}`;
  const tab = keep.newName();
  const touched = new Set();
  let number = Date.now();
  let timer = 0;
  let wait = 4000;
  let sending = null;
  let isAway = false;
  let isKept = true; // by this browser, should its window be closed
  let isChanging = false;
  let isLeaving = false;
  let isGoing = false; // the next page may be on its way already, written before this save
  let reason = "away";
  let held; // the button that was pressed while the network was away

  const root = (name) => name.split(".")[0];
  const entries = () =>
    [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !OUR_NAMES.test(name));
  const say = (state, detail = "") => show(state, line.dataset[state].replace("%s", detail));
  const show = (state, text) => {
    line.dataset.state = state;
    if (line.textContent !== text) line.textContent = text;
    way.hidden = state !== "lost";
  };

  /** Say why the answers cannot leave, where they are meanwhile, and what comes by itself. */
  function sayAway() {
    const parts = [line.dataset[reason], line.dataset[isKept ? "kept" : "open"]];
    const isHeld = held !== undefined && reason !== "lost";
    if (isHeld) parts.push(line.dataset.next);
    show(isHeld ? "held" : reason, parts.join(" "));
  }

  function note(event) {
    const name = event.target.name;
    if (!name || OUR_NAMES.test(name)) return;
    isGoing = false; // a download looks like leaving
    touched.add(root(name));
    if (isAway) sayAway();
    else say("unsaved");
    if (!isChanging) keep.remove(`${draft}|send`); // who changes an answer has not declared this one
    isChanging = true;
    clearTimeout(timer);
    timer = setTimeout(flush, event.type === "change" ? 200 : PAUSE);
  }

  /** Save what is touched; true when the server has it. One at a time, the newest last. */
  async function flush() {
    clearTimeout(timer);
    while (sending) await sending;
    if (!touched.size) return true;
    sending = save();
    try {
      return await sending;
    } finally {
      sending = null;
    }
  }

  async function save() {
    const names = [...touched];
    const now = entries();
    number = Math.max(number + 1, Date.now());
    touched.clear();
    const record = { id, names, entries: now, tab, number, url: form.dataset.url };
    isKept = await keep.put(record);
    try {
      const { at, problems } = await send(record);
      wait = 4000;
      isAway = false;
      if (touched.size) return true; // newer answers will be saved in their turn
      if (Object.keys(problems).length) {
        await keep.put({ ...record, names: Object.keys(problems).map(root) });
        if (held !== undefined) setTimeout(goOn);
        say("wrong", labels(problems));
      } else {
        if (!isGoing) await keep.remove(id); // else the next page puts it back, and removes it
        if (held !== undefined) setTimeout(goOn);
        say("saved", at);
      }
      return true;
    } catch (failure) {
      names.forEach((name) => touched.add(name));
      if (failure instanceof Gone) return gone();
      isAway = true;
      reason = failure instanceof Lost ? "lost" : failure.reason || "trouble";
      sayAway();
      timer = setTimeout(flush, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
      return false;
    }
  }

  async function gone() {
    touched.clear();
    await keep.clear(draft);
    location.reload(); // the server says what became of it
    return false;
  }

  function labels(problems) {
    const found = Object.keys(problems).map((path) => {
      const control = form.querySelector(`[name="${CSS.escape(path)}"], [name^="${CSS.escape(path)}."]`);
      const box = control && control.closest(".g-field, fieldset");
      const label = box && box.querySelector("label, legend");
      return label ? label.firstChild.textContent.trim() : path;
    });
    return [...new Set(found)].join(", ");
  }

  /** Put back what was typed here and did not reach the server before the page was left. */
  async function restore() {
    const mine = (await keep.all(draft)).filter((one) => one.names);
    for (const record of mine) {
      if (record.id !== id) await late(record);
      else {
        const back = record.names.filter((name) => write(record, name));
        back.forEach((name) => touched.add(name));
        if (back.length) form.dispatchEvent(new Event("input", { bubbles: true }));
        else await keep.remove(id);
      }
    }
    // On a slow line people write before this file has arrived.
    for (const control of form.elements) {
      if (control.name && !OUR_NAMES.test(control.name) && isChanged(control)) touched.add(root(control.name));
    }
    if (touched.size) flush();
  }

  async function late(record) {
    try {
      const { problems } = await send(record);
      if (!Object.keys(problems).length) await keep.remove(record.id);
    } catch {
      // Its own page will try again.
    }
  }

  function write(record, name) {
    let changed = false;
    const values = record.entries.filter(([key]) => root(key) === name);
    for (const control of form.querySelectorAll(`[name="${CSS.escape(name)}"], [name^="${CSS.escape(name)}."]`)) {
      if (control.type === "hidden" || control.type === "submit") continue;
      const given = values.filter(([key]) => key === control.name).map(([, value]) => value);
      if (control.type === "radio" || control.type === "checkbox") {
        const isOn = given.includes(control.value);
        changed ||= control.checked !== isOn;
        control.checked = isOn;
      } else if (given.length && control.value !== given[0]) {
        control.value = given[0];
        changed = true;
      }
    }
    return changed;
  }

  /** Leave as every form does; but when the network is away, stay until it is back. */
  async function leave(event) {
    clearTimeout(timer);
    if (isLeaving || (!isAway && navigator.onLine)) {
      // Should the line break at this very moment, the next visit finds what was typed.
      if (!touched.size) keep.remove(id);
      else keep.put({ id, names: [...touched], entries: entries(), tab, number: Date.now(), url: form.dataset.url });
      return;
    }
    event.preventDefault();
    const button = event.submitter;
    if (!touched.size) entries().forEach(([name]) => touched.add(root(name)));
    held = button;
    if (await flush()) goOn();
    else sayAway();
  }

  function goOn() {
    if (held === undefined || isLeaving) return;
    isLeaving = true;
    form.requestSubmit(held && held.form === form ? held : undefined);
  }

  say("none");
  form.addEventListener("input", note);
  form.addEventListener("change", note);
  form.addEventListener("submit", leave);
  window.addEventListener("online", flush);
  window.addEventListener("beforeunload", () => (isGoing = true));
  // Before the screen is locked or the browser is closed; and at once when somebody is back.
  document.addEventListener("visibilitychange", () => touched.size && flush());
  restore();
}

function isChanged(control) {
  if (control.type === "radio" || control.type === "checkbox") return control.checked !== control.defaultChecked;
  if (control.options) {
    const preset = [...control.options].findIndex((option) => option.defaultSelected);
    return control.selectedIndex !== Math.max(preset, 0);
  }
  return "defaultValue" in control && control.type !== "hidden" && control.value !== control.defaultValue;
}

/** Send one save; return when it was saved, and what is not right yet. Throws as `reach` does. */
async function send(record) {
  const body = new URLSearchParams();
  for (const [name, value] of record.entries) {
    if (record.names.includes(name.split(".")[0])) body.append(name, value);
  }
  // A question whose boxes are all empty posts nothing: say that it was answered so.
  for (const name of record.names) {
    if (![...body.keys()].some((key) => key.split(".")[0] === name)) body.append(name, "");
  }
  body.append("_tab", record.tab);
  body.append("_save", record.number);
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  const answer = await reach(record.url, { method: "PATCH", headers, body: () => body });
  return answer.json();
}
