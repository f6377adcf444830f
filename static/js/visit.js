// From screen to screen of the builder without loading the CMS around it anew: its menu and its
// libraries cost more than the screen. Links and forms work as ever without this file; what is no
// screen of the builder (a file, the sign-in, another part of the CMS) is left to the browser.

let turn = 0; // only the last visit is shown
let pressed = null; // what the person used, to give it the focus back

const app = () => document.querySelector(".b-app");
const isOurs = (url) => url.origin === location.origin && url.pathname.startsWith(app().dataset.home);

/** Go to `url`, or post `body` to it, and show what comes back; true when a post was not taken. */
export async function visit(url, body = null) {
  const mine = ++turn;
  app().setAttribute("aria-busy", "true");
  let answer;
  let text;
  try {
    answer = await fetch(url, body ? { method: "POST", body } : {});
    text = await answer.text();
  } catch {
    app().removeAttribute("aria-busy");
    if (!body) location.assign(url);
    return Boolean(body) && mine === turn;
  }
  if (mine !== turn) return false;
  const next = new DOMParser().parseFromString(text, "text/html");
  const isScreen = Boolean(next.querySelector(".b-app"));
  if (body && !isScreen) {
    app().removeAttribute("aria-busy");
    return true; // an error, or the page to sign in: what is typed is worth more than either
  }
  if (!isScreen || bringsScripts(next)) location.assign(answer.url);
  else {
    await Promise.all(missingStyles(next));
    show(next, answer.url);
  }
  return false;
}

const sources = (page) => [...page.querySelectorAll("script[src]")].map((one) => one.getAttribute("src"));

function bringsScripts(next) {
  const here = new Set(sources(document));
  return sources(next).some((one) => !here.has(one));
}

/** Add the stylesheets that only the next screen has; it is shown when they are there. */
function missingStyles(next) {
  const known = (link) => document.querySelector(`link[href="${CSS.escape(link.getAttribute("href"))}"]`);
  const links = [...next.querySelectorAll("link[rel=stylesheet]")].filter((link) => !known(link));
  return links.map((link) => new Promise((done) => {
    const added = document.importNode(link);
    added.onload = added.onerror = done;
    document.head.append(added);
  }));
}

function show(next, url) {
  const isSame = new URL(url).pathname === location.pathname;
  if (url !== location.href) history.pushState(null, "", url);
  document.title = next.title;
  for (const name of [".messages", ".b-app"]) {
    const [old, fresh] = [document.querySelector(name), next.querySelector(name)];
    if (old && fresh) old.replaceWith(document.importNode(fresh, true));
  }
  if (!isSame || document.querySelector(".messages li")) scrollTo(0, 0); // what is said stands above
  document.dispatchEvent(new CustomEvent("builder:shown"));
  focusAgain(isSame);
}

function focusAgain(isSame) {
  if (app().contains(document.activeElement)) return; // an error, or a button that moved a row
  const same = isSame && pressed && app().querySelector(pressed);
  const target = same || app().querySelector("h2, h1");
  if (!target) return;
  if (!same) target.tabIndex = -1;
  target.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest(".b-app a[href]");
  const isPlain = !event.button && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!link || !isPlain || event.defaultPrevented || link.target || link.hasAttribute("download")) return;
  const url = new URL(link.href);
  if (!isOurs(url) || (url.hash && url.pathname === location.pathname)) return;
  event.preventDefault();
  if (app().dataset.changed && !confirm(app().dataset.leave)) return;
  pressed = null;
  visit(url.href);
});

document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  if (event.defaultPrevented || !form.closest(".b-app") || form.querySelector("[type=file]")) return;
  const url = new URL(form.getAttribute("action") || location.href, location.href);
  if (!isOurs(url)) return;
  event.preventDefault();
  if (app().getAttribute("aria-busy")) return; // pressed twice
  const fields = new URLSearchParams(new FormData(form));
  if (submitter?.name) fields.append(submitter.name, submitter.value);
  pressed = submitter?.name ? `[name="${CSS.escape(submitter.name)}"][value="${CSS.escape(submitter.value)}"]` : null;
  if (form.method === "get") {
    visit(`${url.pathname}?${fields}`);
  } else if (await visit(url.href, fields)) {
    form.dispatchEvent(new Event("input", { bubbles: true })); // not saved: what is typed is kept
    alert(app().dataset.away);
  }
});

addEventListener("popstate", () => visit(location.href));
