// Makes <form data-upload> kinder on a slow line: photos are made smaller before they leave the
// phone, and the sending shows how far it is. Without this file the form works as it is.

import { shrink } from "./photos.js";

for (const form of document.querySelectorAll("form[data-upload]")) improve(form);

function improve(form) {
  form.addEventListener("change", (event) => {
    if (event.target.type === "file") form.uploadReady = shrinkAll(event.target);
  });
  form.addEventListener("submit", (event) => {
    const files = [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length);
    if (event.defaultPrevented || !files) return;
    event.preventDefault();
    send(form, event.submitter);
  });
}

async function shrinkAll(input) {
  const files = await Promise.all([...input.files].map(shrink));
  const list = new DataTransfer();
  files.forEach((file) => list.items.add(file));
  input.files = list.files;
}

async function send(form, button) {
  if (form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  form.querySelector("p.g-error[role=alert]")?.remove();
  const bar = document.createElement("progress");
  bar.className = "g-progress";
  bar.max = 1;
  if (form.dataset.uploadLabel) bar.setAttribute("aria-label", form.dataset.uploadLabel);
  (button ?? form.lastElementChild).after(bar);
  await form.uploadReady;
  const data = new FormData(form);
  if (button?.name) data.append(button.name, button.value);
  const request = new XMLHttpRequest();
  request.open("POST", button?.getAttribute("formaction") || form.getAttribute("action") || location.href);
  request.upload.onprogress = (event) => {
    if (event.lengthComputable) bar.value = event.loaded / event.total;
  };
  request.onload = () => show(request);
  request.onerror = () => {
    form.removeAttribute("aria-busy");
    if (!form.dataset.uploadFailed) return form.submit();
    // The line broke: the chosen files are still there, one more press sends them again.
    const message = document.createElement("p");
    message.className = "g-error";
    message.setAttribute("role", "alert");
    message.textContent = form.dataset.uploadFailed;
    bar.replaceWith(message);
  };
  request.send(data);
}

// The answer of the server takes the place of the page, as if the browser had sent the form.
function show(request) {
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  const main = page.querySelector("main");
  if (!main || request.responseURL.split("#")[0] !== location.href.split("#")[0]) {
    if (request.status < 400) return location.assign(request.responseURL);
  }
  if (!main) return location.reload();
  document.querySelector("main").replaceWith(document.adoptNode(main));
  document.title = page.title;
  for (const form of main.querySelectorAll("form[data-upload]")) improve(form);
  (main.querySelector(".g-errors") ?? main).scrollIntoView();
  main.querySelector(".g-errors")?.focus();
}
