// Keeps what a reader without network still needs: the shell and the public pages already read.
// Network first, always: a saved page is shown only when no answer comes, and says that it is saved.
const SHELL = "guichet-shell";
const PAGES = "guichet-pages-v1";
const MOST_PAGES = 40;
const OFFLINE = "/hors-ligne/";
const PRIVATE =
  /^\/(?:(?:ar|en|[a-z]{2})\/)?(?:demarches|suivi|compte|agent|accounts|cms|documents|media-documents|paiement|pieces|webhooks|sandbox|avis|recherche|_util|__dev__)(?:\/|$)/;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(SHELL).then((shell) => shell.add(new Request(OFFLINE, { credentials: "omit" }))),
  );
  self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys().then((names) =>
      Promise.all(names.filter((n) => ![SHELL, PAGES].includes(n)).map((n) => caches.delete(n))),
    ),
  );
  self.clients.claim();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  // A page of somebody's own request is never kept: without network there is a word, not an error.
  if (request.mode === "navigate" && !isPublic(url) && url.pathname.includes("/demarches/")) {
    event.respondWith(fetch(request).catch(offline));
    return;
  }
  if (request.method !== "GET") return;
  if (url.pathname.startsWith("/static/")) event.respondWith(asset(request));
  else if (request.mode === "navigate" && isPublic(url)) event.respondWith(page(request, url));
});

function isPublic(url) {
  return !PRIVATE.test(url.pathname) && !url.search;
}

async function asset(request) {
  try {
    const answer = await fetch(request);
    if (answer.ok) (await caches.open(SHELL)).put(request, answer.clone());
    return answer;
  } catch (failure) {
    const saved = await caches.match(request);
    if (saved) return saved;
    throw failure;
  }
}

async function page(request, url) {
  try {
    const answer = await fetch(request);
    await keep(url, answer.clone());
    return answer;
  } catch (failure) {
    const saved = await (await caches.open(PAGES)).match(url.pathname);
    return saved ? marked(saved) : offline();
  }
}

// The server says which answers are the same for everybody; nothing else is kept.
async function keep(url, answer) {
  const same = (answer.headers.get("Cache-Control") || "").includes("public");
  if (!answer.ok || !same || answer.redirected) return;
  const pages = await caches.open(PAGES);
  await pages.delete(url.pathname);
  await pages.put(url.pathname, answer);
  const known = await pages.keys();
  await Promise.all(known.slice(0, Math.max(0, known.length - MOST_PAGES)).map((k) => pages.delete(k)));
}

// The sentence is in the page already, hidden: the saved copy only takes the veil off.
async function marked(saved) {
  const html = await saved.text();
  const headers = new Headers(saved.headers);
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  return new Response(html.replace("data-saved-copy hidden", "data-saved-copy"), { headers });
}

async function offline() {
  return (await caches.match(OFFLINE)) || Response.error();
}
