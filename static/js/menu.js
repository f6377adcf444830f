// The desk's menu is a <details>: it opens and closes without script. With it, Escape and a click or
// a Tab elsewhere close it too, as one expects of a menu.

const menu = document.querySelector("[data-menu]");

if (menu) {
  const leave = (event) => {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  };
  document.addEventListener("click", leave);
  document.addEventListener("focusin", leave);
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
