// The page of documents: each photo is looked at, made smaller and sent at once, in pieces. A cut
// stops nothing for good: the file stays in this browser and goes on when the network is back.
// Without this file the form sends its files as every form.

import * as keep from "./keep.js";
import { prepare } from "./photos.js";
import { Refused, send } from "./tus.js";

const form = document.querySelector("form[data-pieces]");
if (form) start(form);

function start(form) {
  const { pieces: draft, endpoint } = form.dataset;
  const texts = form.querySelector("[data-texts]").dataset;
  const queue = [];
  let isBusy = false;
  let preparing = 0; // photos that are being looked at
  let wait = 3000;
  let timer = 0;
  let pressed = null;

  const token = () => form.querySelector("[name=csrfmiddlewaretoken]").value;
  const slotOf = (key) => form.querySelector(`[data-slot="${CSS.escape(key)}"]`);

  async function chosen(input) {
    const files = [...input.files];
    input.value = ""; // these files take their own way
    slotOf(input.name).querySelectorAll("p.g-error").forEach((one) => one.remove()); // of the choice before
    preparing += files.length;
    for (const original of files) {
      const { file, problem } = await prepare(original);
      preparing -= 1;
      if (problem) refuse(input.name, `${original.name}: ${texts[problem]}`);
      else await enqueue({ slot: input.name, name: file.name, type: file.type, blob: file, url: "" });
    }
    go();
  }

  async function enqueue(record) {
    record.id = record.id || `${draft}|file|${keep.newName()}`;
    await keep.put(record);
    queue.push(record);
    show(record, texts.waiting);
  }

  async function go() {
    clearTimeout(timer);
    if (isBusy) return;
    isBusy = true;
    while (queue.length) {
      const record = queue[0];
      try {
        await send(record, {
          endpoint,
          token: token(),
          note: keep.put,
          onProgress: (part) => show(record, part < 1 ? texts.sending : texts.checking, part),
        });
        wait = 3000;
        await done(record);
      } catch (failure) {
        if (failure instanceof Refused) {
          refuse(record.slot, `${record.name}: ${failure.message}`);
          await done(record);
        } else {
          if (failure.message === "forgotten") record.url = "";
          show(record, texts.away);
          timer = setTimeout(go, wait);
          wait = Math.min(wait * 2, 60_000);
          break;
        }
      }
    }
    isBusy = false;
    if (!queue.length && !preparing && pressed) {
      const button = pressed;
      pressed = null;
      form.requestSubmit(button);
    }
  }

  async function done(record) {
    queue.shift();
    await keep.remove(record.id);
    slotOf(record.slot)?.querySelector(`[data-file="${record.id}"]`)?.remove();
    if (!queue.some((one) => one.slot === record.slot)) await refresh(record.slot);
  }

  /** Show the slot as the server has it, with its names, fingerprints and buttons. */
  async function refresh(key) {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector(`[data-slot="${CSS.escape(key)}"] [data-given]`);
      const here = slotOf(key)?.querySelector("[data-given]");
      if (fresh && here) here.replaceWith(document.adoptNode(fresh));
      const input = slotOf(key)?.querySelector(".g-file");
      if (fresh && input) input.hidden = !page.querySelector(`[data-slot="${CSS.escape(key)}"] .g-file`);
    } catch {
      // The next page shows it.
    }
  }

  function show(record, text, part) {
    const slot = slotOf(record.slot);
    if (!slot) return;
    let line = slot.querySelector(`[data-file="${record.id}"]`);
    if (!line) {
      line = document.createElement("div");
      line.dataset.file = record.id;
      line.className = "g-sending";
      line.innerHTML = '<p><bdi></bdi> <span role="status"></span></p><progress class="g-progress" max="1"></progress>';
      line.querySelector("bdi").textContent = record.name;
      line.querySelector("progress").setAttribute("aria-label", record.name);
      slot.querySelector("[data-queue]").append(line);
    }
    const state = line.querySelector("span");
    if (state.textContent !== text) state.textContent = text;
    line.classList.toggle("is-away", text === texts.away);
    if (part === undefined) line.querySelector("progress").removeAttribute("value");
    else line.querySelector("progress").value = part;
  }

  function refuse(key, text) {
    pressed = null; // the person must see this first
    const line = document.createElement("p");
    line.className = "g-error";
    line.setAttribute("role", "alert");
    line.textContent = text;
    slotOf(key)?.querySelector("[data-queue]").append(line);
  }

  form.addEventListener("change", (event) => event.target.type === "file" && chosen(event.target));
  form.addEventListener("submit", (event) => {
    if (!queue.length && !preparing) return;
    event.preventDefault(); // go on by itself once everything has arrived
    pressed = event.submitter;
    queue.forEach((record) => record !== queue[0] && show(record, texts.waiting));
    go();
  });
  window.addEventListener("online", go);
  window.addEventListener("beforeunload", (event) => {
    if (queue.length && document.querySelector("[data-shared]")) event.preventDefault();
  });
  keep.all(draft).then((kept) => {
    for (const record of kept.filter((one) => one.blob && slotOf(one.slot))) {
      queue.push(record);
      show(record, texts.waiting);
    }
    if (queue.length) go();
  });
}
