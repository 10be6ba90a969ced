/** The mean colour of a small picture, and whether it shows anything at all. */

export type Colour = readonly [number, number, number];

export interface Glance {
  readonly colour: [number, number, number];
  /** Black or nearly so, everywhere: the filler before a camera's first picture, no face. */
  readonly isDark: boolean;
}

const DARK_MEAN = 12;
const DARK_MOST = 32;

/** `pixels` is RGBA, four bytes a pixel, as `ImageData.data`. */
export function glance(pixels: ArrayLike<number>): Glance {
  const sums = [0, 0, 0];
  let most = 0;
  const count = Math.floor(pixels.length / 4);
  for (let index = 0; index < count * 4; index += 4) {
    for (let channel = 0; channel < 3; channel += 1) {
      const value = pixels[index + channel] ?? 0;
      sums[channel] = (sums[channel] ?? 0) + value;
      if (value > most) most = value;
    }
  }
  const mean = (channel: number) => Math.round((sums[channel] ?? 0) / Math.max(1, count));
  const colour: [number, number, number] = [mean(0), mean(1), mean(2)];
  return { colour, isDark: most < DARK_MOST && Math.max(...colour) < DARK_MEAN };
}
