// Coming back to a request begun here: the database of this browser keeps the way also when the
// browser was ended before it wrote its cookies. Without this file the cookies alone remember.
// It reads what keep.js wrote, without it: most visitors have nothing there.

const MOST = 12; // as many as a cookie holds
const TRIED = "guichet-tried";

const form = document.querySelector("form[data-ways]");
if (form) open((database) => findAgain(database));

function open(found) {
  const request = indexedDB.open("guichet-drafts");
  request.onupgradeneeded = () => request.transaction.abort(); // there is none: none is made
  request.onsuccess = () => found(request.result);
}

/** Bring back the ways that the cookies do not know (any more), and show the page with them. */
async function findAgain(database) {
  const held = form.dataset.ways.split(" ");
  const isLost = ({ id }) => id.endsWith("|way") && !held.includes(id.slice(0, 8));
  const lost = (await kept(database)).filter(isLost).slice(-MOST);
  if (!lost.length) return database.close();
  const body = new URLSearchParams(new FormData(form));
  lost.forEach((one) => body.append("token", one.token));
  const answer = await fetch(form.action, { method: "POST", body }).catch(() => null);
  if (!answer?.ok) return database.close();
  const { held: back } = await answer.json();
  const store = database.transaction("kept", "readwrite").objectStore("kept");
  for (const { id } of lost) if (!back.includes(id.split("|")[0])) store.delete(id); // sent, or gone
  database.close(); // when that is done
  if (!back.length || Date.now() - (sessionStorage.getItem(TRIED) || 0) < 10_000) return;
  sessionStorage.setItem(TRIED, Date.now()); // a browser without cookies would come here for ever
  location.reload();
}

const kept = (database) => new Promise((done) => {
  const request = database.transaction("kept").objectStore("kept").getAll();
  request.onsuccess = () => done(request.result.sort((one, other) => one.kept - other.kept));
});
