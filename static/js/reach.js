// How the pages of the way talk to the server, and how it may fail to answer: the person is told
// which it was, because what to do next is not the same.

/** No answer came (`reason` "away"), or the server is in trouble ("trouble"): try again later. */
export class NoAnswer extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/** The server does not know this browser any more: the person signs in again, or takes the link. */
export class Lost extends Error {}

/** What was asked for is there no more: sent, or deleted. */
export class Gone extends Error {}

/** Ask the server; `body` is a function, called for each try. Returns whatever answer makes sense. */
export async function reach(url, { timeout = 30_000, body = () => undefined, ...options }) {
  const once = async () => {
    const headers = { ...options.headers, "X-CSRFToken": token() };
    const signal = AbortSignal.timeout ? AbortSignal.timeout(timeout) : undefined;
    try {
      return await fetch(url, { redirect: "error", ...options, headers, body: body(), signal });
    } catch {
      throw new NoAnswer("away");
    }
  };
  let answer = await once();
  if (answer.status === 403) {
    await renew(); // signed in or out in another window: the token of this page is an old one
    answer = await once();
  }
  if (answer.status >= 500 || answer.status === 429) throw new NoAnswer("trouble");
  if (answer.status === 403) throw new Lost();
  if (answer.status === 404 || answer.status === 410) {
    const told = await answer.json().catch(() => ({}));
    throw told.lost ? new Lost() : new Gone();
  }
  return answer;
}

const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;

async function renew() {
  let page;
  try {
    page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  } catch {
    throw new NoAnswer("away");
  }
  const fresh = page.querySelector("[name=csrfmiddlewaretoken]");
  if (!fresh) throw new Lost();
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = fresh.value;
}
