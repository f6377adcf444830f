// Photos before they leave the phone: made smaller, upright, without what the phone writes into them
// (place, time, owner), and refused with advice when nobody could read them. The server measures the
// same (eservices/attachments/image_checks.py) and decides.

const USUAL = { side: 2000, heavy: 400_000, quality: 0.82 }; // heavy: a lighter photo is sent as it is
// On a line of the second generation a photo of 430 kB takes more than a minute: it is sent with half
// the bytes, which still shows an A4 sheet at 140 dots per inch.
const SLOW = { side: 1600, heavy: 200_000, quality: 0.72 };
const SLOW_BELOW = 0.3; // Mbit/s
const SMALLEST_SIDE = 600;
const BLANK_BELOW = 2;
const BLURRED_BELOW = 12;
const SEEN_SIDE = 1000;
const TILES = 4;

/** Return {file, problem}: the file to send; problem is "", "small", "blank" or "blurred". */
export async function prepare(file) {
  if (!file.type.startsWith("image/")) return { file, problem: "" };
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const problem = faultOf(bitmap);
    const ready = !problem && file.size >= limits().heavy ? await smaller(bitmap, file) : file;
    bitmap.close();
    return { file: ready, problem };
  } catch {
    return { file, problem: "" }; // this browser cannot open it: the server will say
  }
}

/** The photo upright and as wide as the line can bear; the file itself whenever that is no gain. */
export async function shrink(file) {
  if (!file.type.startsWith("image/") || file.size < limits().heavy) return file;
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const made = await smaller(bitmap, file);
    bitmap.close();
    return made;
  } catch {
    return file;
  }
}

/** What the line can bear, as the browser sees it at this moment. */
function limits() {
  const { saveData, effectiveType, downlink } = navigator.connection || {};
  return saveData || /2g$/.test(effectiveType) || downlink < SLOW_BELOW ? SLOW : USUAL;
}

async function smaller(bitmap, file) {
  const { side, quality } = limits();
  const canvas = drawn(bitmap, side);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
  if (!blob || blob.size >= file.size) return file;
  return new File([blob], file.name.replace(/\.[^.]*$/, "") + ".jpg", { type: "image/jpeg" });
}

function drawn(bitmap, longest) {
  const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const pen = canvas.getContext("2d", { willReadFrequently: longest === SEEN_SIDE });
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

function faultOf(bitmap) {
  if (Math.min(bitmap.width, bitmap.height) < SMALLEST_SIDE) return "small";
  const canvas = drawn(bitmap, SEEN_SIDE);
  const grey = greyOf(canvas);
  if (Math.sqrt(variance(grey)) < BLANK_BELOW) return "blank";
  return sharpness(grey, canvas.width, canvas.height) < BLURRED_BELOW ? "blurred" : "";
}

function greyOf(canvas) {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const grey = new Float32Array(data.length / 4);
  for (let at = 0; at < grey.length; at += 1) {
    grey[at] = 0.299 * data[at * 4] + 0.587 * data[at * 4 + 1] + 0.114 * data[at * 4 + 2];
  }
  return grey;
}

/** Variance of the edges in the sharpest tile: one readable stamp is enough. */
function sharpness(grey, width, height) {
  let best = 0;
  for (let tile = 0; tile < TILES * TILES; tile += 1) {
    const [column, row] = [tile % TILES, Math.floor(tile / TILES)];
    const edges = [];
    const bottom = Math.min(height - 2, Math.floor((height * (row + 1)) / TILES));
    const right = Math.min(width - 2, Math.floor((width * (column + 1)) / TILES));
    for (let y = Math.max(2, Math.floor((height * row) / TILES)); y < bottom; y += 1) {
      for (let x = Math.max(2, Math.floor((width * column) / TILES)); x < right; x += 1) {
        const at = y * width + x;
        const edge = grey[at - 1] + grey[at + 1] + grey[at - width] + grey[at + width] - 4 * grey[at];
        edges.push(Math.max(-128, Math.min(127, edge)));
      }
    }
    best = Math.max(best, variance(edges));
  }
  return best;
}

function variance(values) {
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  return squares / values.length - mean * mean;
}
