/* The reader's display choices. Classic and first in <head>: the page is never painted in the wrong
   theme. Without it every page works, and the controls stay hidden. */
(function (root, store) {
  "use strict";
  var choices = ["theme", "text"];

  function read(name) {
    try {
      return store.getItem("g-" + name) || "";
    } catch (refused) {
      return "";
    }
  }

  function apply(name, value) {
    if (value) root.setAttribute("data-" + name, value);
    else root.removeAttribute("data-" + name);
  }

  function show(panel) {
    panel.querySelectorAll("button").forEach(function (button) {
      var chosen = read(button.name) === button.value;
      button.setAttribute("aria-pressed", String(chosen));
    });
  }

  choices.forEach(function (name) {
    apply(name, read(name));
  });

  document.addEventListener("DOMContentLoaded", function () {
    var panel = document.getElementById("display");
    var errors = document.querySelector(".g-errors");
    if (errors) errors.focus();
    if (!panel || !store) return;
    panel.hidden = false;
    show(panel);
    panel.addEventListener("click", function (event) {
      var button = event.target.closest("button");
      if (!button) return;
      apply(button.name, button.value);
      try {
        store.setItem("g-" + button.name, button.value);
      } catch (refused) {
        button.setAttribute("aria-pressed", "true");
      }
      show(panel);
    });
  });

  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("main details").forEach(function (details) {
      details.open = true;
    });
  });
})(document.documentElement, (function () {
  try {
    return window.localStorage;
  } catch (refused) {
    return null;
  }
})());
