// A box to sign in with a finger or a mouse. What is kept is the lines, as the text of an SVG path:
// "M12 80L14 82…", whole numbers in a box of 600 × 200. The server reads nothing else.
const WIDTH = 600;
const HEIGHT = 200;
const STEP = 4; // shorter movements only make the text longer
const MOST = 15000;

export function enhance(pad) {
  const input = pad.querySelector("input");
  const picture = pad.querySelector("svg");
  const lines = picture.querySelector("path");
  let last = null;

  function point(event) {
    const box = picture.getBoundingClientRect();
    const x = Math.round(((event.clientX - box.left) / box.width) * WIDTH);
    const y = Math.round(((event.clientY - box.top) / box.height) * HEIGHT);
    return [Math.min(Math.max(x, 0), WIDTH), Math.min(Math.max(y, 0), HEIGHT)];
  }

  function draw(text) {
    if (input.value.length + text.length > MOST) return;
    input.value += text;
    lines.setAttribute("d", input.value);
  }

  picture.addEventListener("pointerdown", (event) => {
    last = point(event);
    picture.setPointerCapture(event.pointerId);
    draw(`M${last[0]} ${last[1]}`);
    event.preventDefault();
  });
  picture.addEventListener("pointermove", (event) => {
    if (!last) return;
    const next = point(event);
    if (Math.hypot(next[0] - last[0], next[1] - last[1]) < STEP) return;
    last = next;
    draw(`L${next[0]} ${next[1]}`);
  });
  const stop = () => {
    if (last) input.dispatchEvent(new Event("change", { bubbles: true }));
    last = null;
  };
  picture.addEventListener("pointerup", stop);
  picture.addEventListener("pointercancel", stop);

  picture.removeAttribute("hidden");
  picture.classList.add("is-open");
  pad.prepend(element("p", "g-small", pad.dataset.hint));
  const clear = element("button", "g-button g-button--quiet", pad.dataset.clear);
  clear.type = "button";
  clear.addEventListener("click", () => {
    input.value = "";
    lines.setAttribute("d", "");
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  pad.append(clear);
}

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}
