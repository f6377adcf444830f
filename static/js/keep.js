// What this browser keeps of an unfinished request while the network is away: answers, pieces, and
// the wish to send. Only of the person's own draft; erased when it is sent, deleted or forgotten.
// On a shared computer nothing is written to the disk: answers stay in the window, pieces in memory.

const NAME = "guichet-drafts";
const STORE = "kept";
const DAYS = 30;
const isShared = () => Boolean(document.querySelector("[data-shared]"));
const LONGEST = 3000; // ms
const memory = new Map();

let opening = null;

function open() {
  opening ||= new Promise((done, fail) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
    request.onsuccess = () => {
      request.result.onversionchange = () => close(request.result); // another window erases
      done(request.result);
    };
    request.onerror = () => fail(request.error);
    setTimeout(fail, LONGEST, new Error("slow")); // a store that hangs must hold up no saving
  }).catch((failure) => {
    opening = null;
    throw failure;
  });
  return opening;
}

function close(database) {
  database.close();
  opening = null;
}

async function run(mode, act) {
  // Written when it is on the disk, not before: telephones are switched off without a word.
  const work = (await open()).transaction(STORE, mode, { durability: "strict" });
  return new Promise((done, fail) => {
    const request = act(work.objectStore(STORE));
    work.oncomplete = () => done(request.result);
    work.onabort = () => fail(work.error || request.error);
  });
}

/** Keep `record`, whose `id` begins with the draft's key. False when it ends with this window. */
export async function put(record) {
  const dated = { ...record, kept: Date.now() };
  try {
    if (!isShared()) await run("readwrite", (store) => store.put(dated));
    else if (dated.blob) memory.set(dated.id, dated);
    else sessionStorage.setItem(`${NAME}:${dated.id}`, JSON.stringify(dated));
    return !isShared();
  } catch {
    memory.set(dated.id, dated); // a private window, a full disk: at least while this page is open
    return false;
  }
}

/** Return what is kept of `draft`, oldest first. */
export async function all(draft) {
  const found = [...memory.values()];
  try {
    if (isShared()) found.push(...inWindow());
    else found.push(...(await run("readonly", (store) => store.getAll())));
  } catch {
    // Nothing is kept here.
  }
  // Of the draft that is open nothing is too old: a phone's clock may be a year away from the truth.
  const limit = Date.now() - DAYS * 86_400_000;
  const isOurs = (one) => one.id.startsWith(draft);
  for (const old of found.filter((one) => one.kept < limit && !isOurs(one))) await remove(old.id);
  return found
    .filter(isOurs)
    .sort((one, other) => one.kept - other.kept);
}

export async function remove(id) {
  memory.delete(id);
  try {
    sessionStorage.removeItem(`${NAME}:${id}`);
    if (!isShared()) await run("readwrite", (store) => store.delete(id));
  } catch {
    // It was not there.
  }
}

/** Forget everything of `draft`. */
export async function clear(draft) {
  for (const one of await all(draft)) await remove(one.id);
}

/** Forget everything of everybody: the whole database goes, and the pages kept for reading. */
export async function erase() {
  memory.clear();
  try {
    for (const one of inWindow()) sessionStorage.removeItem(`${NAME}:${one.id}`);
    if (opening) close(await opening);
    await new Promise((done) => {
      const request = indexedDB.deleteDatabase(NAME);
      request.onsuccess = request.onerror = done;
      setTimeout(done, LONGEST);
    });
    for (const name of self.caches ? await caches.keys() : []) await caches.delete(name);
  } catch {
    // Nothing was kept.
  }
}

function inWindow() {
  const names = Object.keys(sessionStorage).filter((name) => name.startsWith(`${NAME}:`));
  return names.map((name) => JSON.parse(sessionStorage.getItem(name)));
}

/** A name that nobody else has; also where there is no secure connection. */
export function newName() {
  return [...crypto.getRandomValues(new Uint8Array(12))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
