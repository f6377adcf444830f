// Titles while typing, in the browser's own list. Without it the form works just the same.
const input = document.querySelector("[data-suggestions]");
const list = input && document.getElementById(input.getAttribute("list"));
let addresses = new Map();
let timer = 0;

async function refresh() {
  const typed = input.value.trim();
  if (typed.length < 3 || addresses.has(typed)) return;
  try {
    const url = new URL(input.dataset.suggestions, location.href);
    url.searchParams.set("q", typed.slice(0, 100));
    const answer = await (await fetch(url)).json();
    if (input.value.trim() !== typed) return;
    addresses = new Map(answer.suggestions.map((row) => [row.title, row.url]));
    list.replaceChildren(...answer.suggestions.map((row) => new Option(row.title, row.title)));
  } catch {
    // No network: the list stays as it is.
  }
}

if (list) {
  input.addEventListener("input", () => {
    const chosen = addresses.get(input.value);
    if (chosen) location.assign(chosen);
    clearTimeout(timer);
    timer = setTimeout(refresh, 200);
  });
}

// Editors learn what nobody could find. Reading writes nothing: the page itself sends it, once.
const miss = document.querySelector("[data-miss]");
if (miss && input && navigator.sendBeacon) {
  navigator.sendBeacon(miss.dataset.miss, new URLSearchParams({ q: input.value.slice(0, 300) }));
}
