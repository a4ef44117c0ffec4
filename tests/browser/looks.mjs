// How pages look: small pictures of them, and how much two of them differ. The browser itself reads,
// shrinks and compares them, on an empty page.

const COLUMNS = 40;

// Differences of a block's mean colour, of 255. Letters that are drawn by another program move a
// block by a few; a box that is elsewhere, empty or of another colour moves it by far more.
const FAR = 24;

// What is still the same look: the mean difference of all blocks, and the share of those that are far.
export const TOLERANCE = { mean: 1.5, far: 0.005 };

export async function openCanvas(browser) {
  const context = await browser.newContext();
  const page = await context.newPage();
  return {
    // The picture at `width` pixels, in few colours, as a PNG.
    shrink: async (png, width) => Buffer.from(await page.evaluate(shrink, { png: base64(png), width }), "base64"),
    // How the looks of two small pictures differ.
    compare: (one, other) => page.evaluate(compare, { one: base64(one), other: base64(other), columns: COLUMNS, far: FAR }),
    close: () => context.close(),
  };
}

const base64 = (png) => Buffer.from(png).toString("base64");

export const isSameLook = ({ sameSize, mean, far }) => sameSize && mean <= TOLERANCE.mean && far <= TOLERANCE.far;

export const described = ({ sameSize, mean, far, worst }) =>
  sameSize
    ? `blocks differ by ${mean.toFixed(2)} of 255 on average (allowed: ${TOLERANCE.mean}), ${(far * 100).toFixed(1)} % of them visibly ` +
      `(allowed: ${TOLERANCE.far * 100} %), most at ${worst.map((part) => `${Math.round(part * 100)} %`).join(" across, ")} down`
    : "the sizes differ";

// --- In the browser

async function shrink({ png, width }) {
  const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const canvas = new OffscreenCanvas(width, Math.round((picture.height * width) / picture.width));
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const pixels = pen.getImageData(0, 0, canvas.width, canvas.height);
  // 16 shades of each colour: what is left of a letter's edge compresses well.
  for (let at = 0; at < pixels.data.length; at += 1) pixels.data[at] = Math.round(pixels.data[at] / 17) * 17;
  pen.putImageData(pixels, 0, 0);
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

async function compare({ one, other, columns, far }) {
  const read = async (png) => createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const [a, b] = [await read(one), await read(other)];
  if (a.width !== b.width || a.height !== b.height) return { sameSize: false };
  const side = a.width / columns;
  const rows = Math.floor(a.height / side);
  const blocks = (picture) => {
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    pen.drawImage(picture, 0, 0);
    const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
    const sums = Array.from({ length: rows * columns }, () => [0, 0, 0, 0]);
    for (let y = 0; y < Math.floor(rows * side); y += 1) {
      for (let x = 0; x < picture.width; x += 1) {
        const sum = sums[Math.floor(y / side) * columns + Math.floor(x / side)];
        for (let channel = 0; channel < 3; channel += 1) sum[channel] += data[(y * picture.width + x) * 4 + channel];
        sum[3] += 1;
      }
    }
    return sums.map(([red, green, blue, count]) => [red / count, green / count, blue / count]);
  };
  const [left, right] = [blocks(a), blocks(b)];
  const apart = left.map((colour, block) => Math.max(...colour.map((value, channel) => Math.abs(value - right[block][channel]))));
  const worst = apart.indexOf(Math.max(...apart));
  return {
    sameSize: true,
    mean: apart.reduce((sum, value) => sum + value, 0) / apart.length,
    far: apart.filter((value) => value > far).length / apart.length,
    worst: [((worst % columns) + 0.5) / columns, (Math.floor(worst / columns) + 0.5) / rows],
  };
}
