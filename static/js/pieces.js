// The page of documents: each photo is looked at, made smaller and sent at once, in pieces. A cut
// stops nothing for good: the file stays in this browser and goes on when the network is back.
// Without this file the form sends its files as every form.

import * as keep from "./keep.js";
import { prepare } from "./photos.js";
import { Gone, Lost, reach } from "./reach.js";
import { Forgotten, Refused, send } from "./tus.js";

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

  const named = (record, text) => texts.named.replace("{name}", () => record.name).replace("{text}", () => text);
  const slotOf = (key) => form.querySelector(`[data-slot="${CSS.escape(key)}"]`);

  async function chosen(input) {
    const files = [...input.files];
    input.value = ""; // these files take their own way
    slotOf(input.name).querySelectorAll("p.g-error").forEach((one) => one.remove()); // of the choice before
    preparing += files.length;
    const records = files.map((one) => ({ id: `${draft}|file|${keep.newName()}`, slot: input.name, name: one.name, url: "" }));
    records.forEach((record) => show(record, texts.preparing));
    for (const record of records) {
      const { file, problem } = await prepare(files[records.indexOf(record)]);
      preparing -= 1;
      if (record.isOver) continue;
      if (problem) {
        refuse(record.slot, named(record, texts[problem]));
        line(record).remove();
      } else await enqueue(Object.assign(record, { name: file.name, type: file.type, blob: file }));
    }
    go();
  }

  async function enqueue(record) {
    record.isKept = await keep.put(record);
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
          note: () => queue.includes(record) && keep.put(record),
          onProgress: (part) => show(record, part < 1 ? texts.sending : texts.checking, part),
        });
        wait = 3000;
        await done(record);
      } catch (failure) {
        if (!queue.includes(record)) continue; // the person took it back
        if (failure instanceof Refused) {
          refuse(record.slot, named(record, failure.message));
          await done(record);
        } else if (failure instanceof Gone) {
          await keep.clear(draft);
          return location.reload(); // the server says what became of it
        } else if (failure instanceof Forgotten && record.url) {
          record.url = ""; // announced anew
        } else {
          pause(record, failure);
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

  /** Say why the file cannot leave and where it is meanwhile; try again later. */
  function pause(record, failure) {
    const isLost = failure instanceof Lost;
    const reason = isLost ? "lost" : failure.reason || "trouble";
    const kept = isLost ? "" : texts[record.isKept === false ? "open" : "kept"];
    show(record, `${texts[reason]} ${kept}`.trim());
    line(record).classList.add("is-away");
    form.querySelector("[data-way]").hidden = !isLost;
    timer = setTimeout(go, wait);
    wait = Math.min(wait * 2, 60_000);
  }

  async function done(record) {
    record.isOver = true; // whatever is still on its way, nothing is told of it any more
    if (queue.includes(record)) queue.splice(queue.indexOf(record), 1);
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
    const here = !record.isOver && line(record);
    if (!here) return;
    const state = here.querySelector("[role=status]");
    if (state.textContent !== text) state.textContent = text;
    here.querySelector("[data-part]").textContent = part > 0 && part < 1 ? `${Math.round(part * 100)} %` : "";
    here.classList.remove("is-away");
    if (part !== undefined) here.querySelector("progress").value = part;
  }

  /** Return the line that tells of this file, made when it is first told of. */
  function line(record) {
    const slot = slotOf(record.slot);
    const known = slot?.querySelector(`[data-file="${record.id}"]`);
    if (known || !slot) return known;
    const made = form.querySelector("template[data-line]").content.firstElementChild.cloneNode(true);
    made.dataset.file = record.id;
    made.querySelector("bdi").textContent = record.name;
    made.querySelector("progress").setAttribute("aria-label", record.name);
    made.querySelector("button span").textContent = ` – ${record.name}`;
    made.querySelector("button").addEventListener("click", () => takeBack(record));
    slot.querySelector("[data-queue]").append(made);
    return made;
  }

  /** The person does not want to send this file after all: nobody waits for a wrong photo. */
  async function takeBack(record) {
    if (record.url) reach(record.url, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0" } }).catch(() => {});
    await done(record);
    slotOf(record.slot)?.querySelector(".g-file")?.focus();
    wait = 3000;
    go();
  }

  /** Remember the button that was pressed while files are on their way, and say so. */
  function hold(button) {
    pressed = button;
    form.querySelector("[data-held]").hidden = !button;
  }

  function refuse(key, text) {
    hold(null); // the person must see this first
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
    hold(event.submitter);
    queue.forEach((record) => record !== queue[0] && show(record, texts.waiting));
    go();
  });
  window.addEventListener("online", go);
  document.addEventListener("visibilitychange", () => !document.hidden && queue.length && go());
  window.addEventListener("beforeunload", (event) => {
    if (queue.some((record) => record.isKept === false)) event.preventDefault();
  });
  keep.all(draft).then((kept) => {
    for (const record of kept.filter((one) => one.blob && slotOf(one.slot))) {
      queue.push(record);
      show(record, texts.waiting);
    }
    if (queue.length) go();
  });
}
