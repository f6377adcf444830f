// Keeps the queue fresh: asks now and then whether it has changed, and shows what is new. It never
// takes a row away under somebody's hand, rests while the page is hidden, and asks less when nobody
// answers.

const EVERY = 30_000;
const LONGEST = 8 * 60_000;
const region = document.querySelector("[data-live]");
const status = document.querySelector("[data-live-status]");
let wait = EVERY;
let etag = "";
let timer = 0;

function isBusy() {
  return region.contains(document.activeElement) || region.querySelector("input:checked") !== null;
}

function show(html) {
  region.innerHTML = html;
  region.dispatchEvent(new CustomEvent("live", { bubbles: true }));
}

function offer(html) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "g-button g-button--secondary";
  button.textContent = status.dataset.show;
  button.addEventListener("click", () => {
    status.replaceChildren();
    show(html);
    region.querySelector("tbody th a")?.focus();
  });
  status.replaceChildren(`${status.dataset.new} `, button);
}

async function ask() {
  const headers = etag ? { "If-None-Match": etag } : {};
  const answer = await fetch(region.dataset.live, { headers, redirect: "error" });
  if (answer.status === 304) return;
  if (!answer.ok) throw new Error(answer.statusText);
  const isFirst = !etag;
  etag = answer.headers.get("ETag") ?? "";
  const html = await answer.text();
  if (isFirst) return; // what the page was made of
  if (isBusy()) {
    offer(html);
  } else {
    show(html);
    status.textContent = status.dataset.new;
  }
}

async function turn() {
  window.clearTimeout(timer);
  if (document.hidden) return;
  try {
    await ask();
    wait = EVERY;
  } catch {
    wait = Math.min(wait * 2, LONGEST);
  }
  timer = window.setTimeout(turn, wait);
}

if (region) {
  document.addEventListener("visibilitychange", turn);
  turn();
}

// Bulk actions: show what the chosen one needs, and how many are ticked.
const action = document.querySelector("#bulk-action");
if (action) {
  const fields = [...document.querySelectorAll("#bulk [data-for]")];
  const ticked = document.querySelector("[data-ticked]");
  const choose = () => {
    for (const field of fields) {
      field.classList.toggle("is-off", !field.dataset.for.split(" ").includes(action.value));
    }
  };
  const count = () => {
    const number = document.querySelectorAll("input[form=bulk]:checked").length;
    ticked.textContent = number ? `(${number})` : "";
    if (number) document.querySelector("#bulk details").open = true;
  };
  action.addEventListener("change", choose);
  document.addEventListener("change", count);
  region?.addEventListener("live", count);
  choose();
  count();
}
