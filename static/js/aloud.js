// The page read by the telephone's own voice. Nothing is sent anywhere; where the telephone has no
// voice for the language, the button stays hidden.
const bar = document.querySelector("[data-aloud]");
const speech = window.speechSynthesis;
const READ = "h1, h2, h3, p, li, dt, dd, summary";
const SILENT = "nav, form, [hidden], [data-aloud], details:not([open]) > :not(summary)";
let waiting = [];
let shown = null;

function voice(language) {
  return speech.getVoices().find((one) => one.lang.toLowerCase().startsWith(language));
}

function language(element) {
  return (element.closest("[lang]") || document.documentElement).lang.slice(0, 2).toLowerCase();
}

function offer() {
  bar.hidden = !voice(language(document.documentElement));
}

function parts() {
  const inside = [...document.querySelectorAll(`main :is(${READ})`)];
  return inside.filter((one) => !one.querySelector(READ) && !one.closest(SILENT));
}

function mark(element) {
  if (shown) shown.classList.remove("is-read-aloud");
  shown = element;
  if (!element) return;
  element.classList.add("is-read-aloud");
  element.scrollIntoView({ block: "nearest" });
}

function next() {
  const element = waiting.shift();
  mark(element);
  if (!element) return stop();
  const said = new SpeechSynthesisUtterance(element.textContent.replace(/\s+/g, " ").trim());
  said.voice = voice(language(element)) || null;
  said.lang = language(element);
  said.onend = next;
  said.onerror = stop;
  speech.speak(said);
}

function stop() {
  waiting = [];
  mark(null);
  speech.cancel();
  bar.querySelector("button").setAttribute("aria-pressed", "false");
}

if (bar && speech) {
  offer();
  speech.addEventListener?.("voiceschanged", offer); // voices arrive late in some browsers
  bar.querySelector("button").addEventListener("click", (event) => {
    const reading = event.currentTarget.getAttribute("aria-pressed") === "true";
    stop();
    if (reading) return;
    event.currentTarget.setAttribute("aria-pressed", "true");
    waiting = parts();
    next();
  });
  addEventListener("pagehide", stop);
}
