// Conditions without reloading the page: each change that alters the lines asks the server to draw the
// control again from what is typed. The server knows the questions and what suits them; nothing is
// worked out here. Without JavaScript the same buttons post the whole form.

const turns = new Map(); // the last question asked about each control: older answers come too late

/** Draw `box` again from the form it stands in; `act` is what a button asks for. */
async function redraw(box, act) {
  const form = box.closest("form");
  const name = box.dataset.condition;
  const turn = (turns.get(name) || 0) + 1;
  turns.set(name, turn);
  const data = new FormData(form);
  data.set(`${box.dataset.condition}.act`, act);
  data.set("_control", box.dataset.condition);
  const focused = document.activeElement && document.activeElement.name;
  box.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(box.dataset.refresh || form.action || location.href, {
      method: "POST",
      body: data,
      headers: { "X-Requested-With": "fetch" },
    });
    if (!answer.ok) throw new Error(answer.status);
    const held = document.createElement("template");
    held.innerHTML = (await answer.text()).trim();
    const drawn = held.content.querySelector("[data-condition]");
    if (turns.get(name) !== turn) return;
    form.querySelector(`[data-condition="${name}"]`).replaceWith(drawn);
    focusAgain(drawn, focused, act);
    form.dispatchEvent(new Event("input", { bubbles: true }));
  } catch {
    box.removeAttribute("aria-busy");
    const button = document.createElement("button");
    button.name = `${box.dataset.condition}.act`;
    button.value = act;
    button.formNoValidate = true;
    button.hidden = true;
    form.append(button);
    button.click(); // what the page does without JavaScript
  }
}

function focusAgain(box, name, act) {
  const [verb, place] = act.split(":");
  const holder = box.querySelector(`input[name$=".node"][value="${CSS.escape(place || "")}"]`);
  const lines = holder ? holder.parentElement.querySelectorAll(".b-line > select:first-of-type") : [];
  const target = verb === "add" || verb === "group" ? lines[lines.length - 1] : null;
  const same = name && box.querySelector(`[name="${CSS.escape(name)}"]`);
  (target || same || box.querySelector("select"))?.focus();
}

document.addEventListener("change", (event) => {
  const box = event.target.closest("[data-condition]");
  if (!box) return;
  const isMode = event.target.name === `${box.dataset.condition}.mode`;
  const starts = isMode && event.target.value === "lines" && !box.querySelector(".b-line");
  if (starts) redraw(box, "add:0");
  else if (event.target.matches("[data-redraw]")) redraw(box, "refresh");
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-condition] button[name$='.act']");
  if (!button) return;
  event.preventDefault();
  redraw(button.closest("[data-condition]"), button.value);
});
