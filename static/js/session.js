// Leaving nothing behind: "erase my session" also empties what this browser kept, and on a shared
// computer the session warns five minutes before it ends, then leaves a clean page. And on a device
// of one's own finding what was begun, also when the browser was ended before it wrote its cookies.

import { all, erase, put } from "./keep.js";

const WARNING = 5 * 60; // seconds before the end
const DAY = 86_400_000; // ms
const QUIET = 4 * 60; // somebody who writes is asked for no sign of life more often than this

for (const form of document.querySelectorAll("form[data-forget]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.done) return;
    event.preventDefault();
    form.dataset.done = "1";
    erase().finally(() => form.requestSubmit());
  });
}
// All windows of this browser hear that somebody is at work, and that everything was erased.
const windows = "BroadcastChannel" in self ? new BroadcastChannel("guichet-session") : new EventTarget();
const tell = (word) => windows.postMessage?.(word);
if (document.querySelector("[data-erase]")) erase().then(() => tell("erased")); // nothing is left
else windows.addEventListener("message", ({ data }) => data === "erased" && location.reload());
// A page of somebody's request that the browser brings back without asking may be another's by now.
window.addEventListener("pageshow", (event) => event.persisted && location.reload());

const way = document.querySelector("[data-way-back]");
if (way) keepWay(way.dataset);

/** Keep the way back to this draft. Chromium writes a new cookie to the disk half a minute late. */
async function keepWay({ wayBack, draft }) {
  const id = `${draft}|way`;
  const known = (await all(draft)).find((one) => one.id === id);
  if (!known || Date.now() - known.kept > DAY) await put({ id, token: wayBack });
}

const box = document.querySelector("[data-shared]");
if (box) watch(box);

function watch(box) {
  const dialog = box.querySelector("[data-warning]");
  const words = dialog.querySelector("[data-left]");
  const until = box.querySelector("[data-until]");
  const length = Number(box.dataset.shared);
  let last = Date.now();
  let told = last;

  function alive() {
    last = told = Date.now();
    const end = new Date(last + length * 1000);
    until.textContent = until.dataset.until.replace("%s", end.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
    if (dialog.open) dialog.close();
  }

  async function stay() {
    if (dialog.open) dialog.close();
    try {
      const token = box.querySelector("[name=csrfmiddlewaretoken]").value;
      const answer = await fetch(box.dataset.stay, { method: "POST", headers: { "X-CSRFToken": token } });
      if (answer.status === 404) leave(); // it is over for the server
      if (!answer.ok) return;
      alive();
      tell("alive");
    } catch {
      // Without network nothing is extended; the warning comes again.
    }
  }

  function leave() {
    document.querySelector("main").replaceChildren(box); // nobody reads over the shoulder of the past
    box.querySelector("form[data-forget]").requestSubmit();
  }

  function look() {
    const left = Math.round(length - (Date.now() - last) / 1000);
    if (left <= 0) return leave();
    if (left > WARNING) return dialog.open && dialog.close();
    words.textContent = words.dataset.left.replace("%s", `${Math.ceil(left / 60)} min`);
    if (!dialog.open) dialog.showModal();
  }

  document.addEventListener("input", () => {
    if (Date.now() - told < QUIET * 1000) return;
    told = Date.now();
    stay();
  });
  windows.addEventListener("message", ({ data }) => data === "alive" && alive());
  alive();
  tell("alive"); // this page was just given
  dialog.querySelector("[data-extend]").addEventListener("click", stay);
  dialog.querySelector("[data-leave]").addEventListener("click", leave);
  setInterval(look, 10_000);
}
