// Sends the request once, also when the network goes away at that moment: the wish to send is kept,
// the draft's own key makes the second arrival harmless, and the page says what is going on.
// Without this file the form is sent as every form.

import * as keep from "./keep.js";

const form = document.querySelector("form[data-send]");
if (form) start(form, form.querySelector("[data-send-state]"));

function start(form, line) {
  const draft = form.dataset.send;
  const id = `${draft}|send`;
  const button = form.querySelector("button");
  let wait = 4000;
  let timer = 0;
  let isBusy = false;

  const say = (state) => {
    line.hidden = !state;
    line.textContent = state ? line.dataset[state] : "";
    line.dataset.state = state;
  };

  async function send() {
    if (isBusy) return;
    clearTimeout(timer);
    isBusy = true;
    form.setAttribute("aria-busy", "true");
    say("sending");
    await keep.put({ id, asked: true });
    try {
      const answer = await fetch(location.href, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new FormData(form),
        signal: AbortSignal.timeout ? AbortSignal.timeout(60_000) : undefined,
      });
      await arrived(answer);
    } catch {
      isBusy = false;
      say("away");
      timer = setTimeout(send, wait);
      wait = Math.min(wait * 2, 60_000);
    }
  }

  async function arrived(answer) {
    if (answer.status >= 500) throw new Error(String(answer.status));
    const isJson = (answer.headers.get("Content-Type") || "").includes("json");
    const told = isJson ? await answer.json() : {};
    const url = told.url || (answer.redirected && answer.url);
    // It arrived, or it is refused: either way there is nothing left to send by itself.
    if (told.sent || (answer.redirected && answer.ok)) await keep.clear(draft);
    else await keep.remove(id);
    if (url) return location.assign(url);
    isBusy = false;
    form.removeAttribute("aria-busy");
    if (!told.problem) return location.reload();
    line.hidden = false;
    line.dataset.state = "refused";
    line.textContent = told.problem;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    button.setAttribute("aria-disabled", "true");
    send();
  });
  window.addEventListener("online", () => line.dataset.state === "away" && send());
  // The page was closed before it could be sent: go on.
  keep.all(draft).then((kept) => {
    if (!kept.some((one) => one.id === id)) return;
    form.elements.declaration.checked = true;
    send();
  });
}
