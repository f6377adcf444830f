// Signing with a finger or a pen: the strokes become a picture in a hidden field of the form.

for (const box of document.querySelectorAll("[data-sign]")) {
  const canvas = box.querySelector("canvas");
  const target = box.closest("form").elements[box.dataset.sign];
  const pen = canvas.getContext("2d");
  let drawing = false;
  box.hidden = false;
  clear();

  function clear() {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    Object.assign(pen, { lineWidth: 9, lineCap: "round", lineJoin: "round", strokeStyle: "#112" });
    target.value = "";
  }

  function place(event) {
    const frame = canvas.getBoundingClientRect();
    return [
      ((event.clientX - frame.left) * canvas.width) / frame.width,
      ((event.clientY - frame.top) * canvas.height) / frame.height,
    ];
  }

  canvas.addEventListener("pointerdown", (event) => {
    drawing = true;
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...place(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    pen.lineTo(...place(event));
    pen.stroke();
  });
  canvas.addEventListener("pointerup", () => {
    drawing = false;
    target.value = canvas.toDataURL("image/png");
  });
  box.querySelector("button").addEventListener("click", clear);
}
