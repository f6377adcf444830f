// A file goes out in pieces that suit the line (tus 1.0); after a cut it goes on where it stopped.

import { Gone, reach } from "./reach.js";

const FIRST = 48 * 1024;
const SMALLEST = 8 * 1024;
const LARGEST = 1024 * 1024;
const GOOD = 1500; // ms for one piece: below, the next is larger
const BAD = 8000;

/** The server said no, for good; the message is for the person. */
export class Refused extends Error {}

/** The server kept the beginning of this file for three days, and no longer: it starts anew. */
export class Forgotten extends Error {}

/**
 * Send `record` ({name, type, slot, blob, url, size}); `note(record)` keeps its address. Returns what
 * the server says of the whole file. Throws Refused, Forgotten, or what `reach` throws.
 */
export async function send(record, { endpoint, note, onProgress }) {
  let size = FIRST;
  let offset = record.url ? await where(record.url) : -1;
  if (offset < 0) {
    record.url = await announce(record, endpoint);
    await note(record);
    offset = 0;
  }
  while (offset < record.blob.size) {
    onProgress(offset / record.blob.size);
    const started = performance.now();
    const answer = await piece(record, offset, size);
    if (answer.status === 204) {
      offset = Number(answer.headers.get("Upload-Offset"));
      const spent = performance.now() - started;
      if (spent < GOOD) size = Math.min(size * 2, LARGEST);
      else if (spent > BAD) size = Math.max(Math.round(size / 2), SMALLEST);
    } else if (answer.status === 409) offset = await where(record.url);
    else if (answer.status !== 460) throw new Error(String(answer.status));
    if (offset < 0) throw new Forgotten();
  }
  onProgress(1);
  return outcome(record.url);
}

async function announce(record, endpoint) {
  const about = { slot: record.slot, filename: record.name, filetype: record.type };
  const answer = await ask(endpoint, "POST", {
    "Upload-Length": record.blob.size,
    "Upload-Metadata": Object.entries(about).map(([key, text]) => `${key} ${base64(text)}`).join(","),
  });
  if (answer.status === 201) return answer.headers.get("Location");
  if (answer.status === 400 || answer.status === 413) throw new Refused((await answer.json()).problem);
  throw new Error(String(answer.status));
}

async function where(url) {
  try {
    return Number((await ask(url, "HEAD")).headers.get("Upload-Offset"));
  } catch (failure) {
    if (failure instanceof Gone) return -1;
    throw failure;
  }
}

async function piece(record, offset, size) {
  const bytes = await record.blob.slice(offset, offset + size).arrayBuffer();
  const headers = { "Upload-Offset": offset, "Content-Type": "application/offset+octet-stream" };
  // Browsers compute digests on secure connections only.
  if (crypto.subtle) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    headers["Upload-Checksum"] = `sha256 ${btoa(String.fromCharCode(...digest))}`;
  }
  try {
    return await ask(record.url, "PATCH", headers, bytes);
  } catch (failure) {
    throw failure instanceof Gone ? new Forgotten() : failure;
  }
}

/** Wait for what the server finds in the file. */
async function outcome(url) {
  for (;;) {
    const told = await (await reach(url, {})).json();
    if (told.state === "refused") throw new Refused(told.problem);
    if (told.state === "kept") return told;
    await new Promise((done) => setTimeout(done, 2000));
  }
}

const ask = (url, method, headers = {}, bytes = undefined) =>
  reach(url, { method, headers: { "Tus-Resumable": "1.0.0", ...headers }, body: () => bytes, timeout: 60_000 });

const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
