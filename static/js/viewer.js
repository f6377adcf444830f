// Turning pages, zooming and rotating without loading the whole page again: the link's own answer is
// fetched and its viewer takes the place of this one. Without this file the links just work.

document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-viewer] a[href^='?']");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const box = link.closest("[data-viewer]");
  event.preventDefault();
  const label = link.getAttribute("aria-label") || link.textContent;
  box.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(link.href.split("#")[0]);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.getElementById(box.id);
    if (!answer.ok || !next) throw new Error(answer.status);
    box.replaceWith(document.adoptNode(next));
    history.replaceState(null, "", link.href);
    const controls = [...next.querySelectorAll("a")];
    controls.find((one) => (one.getAttribute("aria-label") || one.textContent) === label)?.focus();
  } catch {
    location.assign(link.href);
  }
});
