// Sends the request once, also when the network goes away at that moment: the wish to send is kept,
// the draft's own key makes the second arrival harmless, and the page says what is going on.
// Without this file the form is sent as every form.

import * as keep from "./keep.js";
import { Gone, Lost, reach } from "./reach.js";

const form = document.querySelector("form[data-send]");
if (form) start(form, form.querySelector("[data-send-state]"), form.querySelector("[data-send-way]"));

function start(form, line, way) {
  const draft = form.dataset.send;
  const id = `${draft}|send`;
  const button = form.querySelector("button");
  let wait = 4000;
  let timer = 0;
  let isBusy = false;

  const say = (state, text) => {
    line.hidden = false;
    line.textContent = text;
    line.dataset.state = state;
  };

  async function send() {
    if (isBusy) return;
    clearTimeout(timer);
    isBusy = true;
    button.setAttribute("aria-disabled", "true");
    form.setAttribute("aria-busy", "true");
    say("sending", line.dataset.sending);
    const isKept = await keep.put({ id, asked: true });
    try {
      await arrived(
        await reach(location.href, {
          method: "POST",
          headers: { Accept: "application/json" },
          body: () => new FormData(form),
          redirect: "follow",
          timeout: 60_000,
        }),
      );
    } catch (failure) {
      isBusy = false;
      if (failure instanceof Gone) return gone();
      const isLost = failure instanceof Lost;
      const reason = isLost ? "lost" : failure.reason || "trouble";
      say(reason, `${line.dataset[reason]} ${isLost ? "" : line.dataset[isKept ? "kept" : "open"]}`.trim());
      way.hidden = !isLost;
      timer = setTimeout(send, wait);
      wait = Math.min(wait * 2, 60_000);
    }
  }

  async function gone() {
    await keep.clear(draft);
    location.reload(); // the server says what became of it
  }

  async function arrived(answer) {
    const isJson = (answer.headers.get("Content-Type") || "").includes("json");
    const told = isJson ? await answer.json() : {};
    const url = told.url || (answer.redirected && answer.url);
    // It arrived, or it is refused: either way there is nothing left to send by itself.
    if (told.sent || (answer.redirected && answer.ok)) await keep.clear(draft);
    else await keep.remove(id);
    if (url) return location.assign(url);
    isBusy = false;
    form.removeAttribute("aria-busy");
    button.removeAttribute("aria-disabled");
    if (!told.problem) return location.reload();
    say("refused", told.problem);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  window.addEventListener("online", () => form.hasAttribute("aria-busy") && send());
  document.addEventListener("visibilitychange", () => !document.hidden && form.hasAttribute("aria-busy") && send());
  // The page was closed before it could be sent: go on.
  keep.all(draft).then((kept) => {
    if (!kept.some((one) => one.id === id)) return;
    form.elements.declaration.checked = true;
    send();
  });
}
