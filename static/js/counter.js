// The counter: what is keyed is kept on the server after each pause, so that a power cut costs one
// word; a photo goes up as soon as it is taken. Without this file the buttons of the page do it.

const PAUSE = 1200;
const RETRY = 5000;

document.documentElement.classList.add("has-script");
for (const form of document.querySelectorAll("[data-keying]")) keep(form);
for (const box of document.querySelectorAll("[data-narrow]")) narrow(box);

function keep(form) {
  const status = form.querySelector("[data-saved]");
  const pieces = document.getElementById("counter-pieces");
  let timer = 0;
  let sending = false;

  function later(delay) {
    clearTimeout(timer);
    timer = setTimeout(send, delay);
  }

  async function send() {
    if (sending) return later(PAUSE);
    sending = true;
    const data = new FormData(form);
    const hasFile = [...data.values()].some((value) => value instanceof File && value.size);
    try {
      const answer = await fetch(form.dataset.keying, { method: "POST", body: data });
      if (!answer.ok) throw new Error(answer.status);
      const kept = await answer.json();
      status.textContent = kept.saved;
      form.querySelector("[data-fee]").textContent = kept.fee;
      // What is being chosen or ticked stays; the list changes when a file has gone up.
      if (hasFile || !pieces.contains(document.activeElement)) show(kept.pieces);
    } catch {
      status.textContent = form.dataset.failed;
      later(RETRY);
    } finally {
      sending = false;
    }
  }

  function show(html) {
    const focused = document.activeElement?.id;
    pieces.innerHTML = html;
    if (focused && !pieces.closest("form").contains(document.activeElement)) {
      document.getElementById(focused)?.focus();
    }
  }

  form.addEventListener("input", () => later(PAUSE));
  form.addEventListener("change", (event) => later(event.target.type === "file" ? 0 : PAUSE));
  form.addEventListener("submit", () => clearTimeout(timer));
  window.addEventListener("pagehide", () => {
    if (timer && !form.querySelector("input[type=file]")?.files.length) {
      navigator.sendBeacon(form.dataset.keying, new FormData(form));
    }
  });
}

// Narrow the list of services to those that hold what is typed.
function narrow(box) {
  const items = [...document.getElementById(box.dataset.narrow).children];
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  box.addEventListener("input", () => {
    const words = plain(box.value).split(/\s+/);
    for (const item of items) item.hidden = !words.every((word) => plain(item.textContent).includes(word));
  });
  // What is left first is meant: Enter opens it, the hand stays on the keyboard.
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && box.value.trim()) items.find((item) => !item.hidden)?.querySelector("button").click();
  });
}
