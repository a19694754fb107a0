// The company's colors, made readable on light and on dark ground.

type Rgb = [number, number, number];

const parse = (color: string): Rgb => [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16)) as Rgb;
const print = (color: Rgb) => `#${color.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`;
const mix = (one: Rgb, other: Rgb, share: number) => one.map((value, index) => value + (other[index]! - value) * share) as Rgb;

/** Relative luminance, as WCAG defines it. */
function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: Rgb, other: Rgb): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
/** Grounds of text in the company's color: the page, a panel, and a panel with a touch of the color itself. */
const lightGrounds = (color: Rgb) => [parse('#f4f2ee'), mix(WHITE, color, 0.12)];
const darkGrounds = (color: Rgb) => [parse('#262b30'), mix(parse('#1e2226'), color, 0.12)];

/** The color with another lightness, 0 to 1, and with its hue and saturation (HSL). */
function withLightness(color: Rgb, lightness: number): Rgb {
  const [low, high] = [Math.min(...color), Math.max(...color)];
  const [sum, spread] = [(low + high) / 255, (high - low) / 255];
  const saturation = spread === 0 ? 0 : spread / (1 - Math.abs(sum - 1));
  const reach = (1 - Math.abs(2 * lightness - 1)) * saturation;
  // Each channel keeps its place between the lowest and the highest.
  return color.map((value) => 255 * (lightness - reach / 2 + (spread === 0 ? 0 : ((value - low) / (high - low)) * reach))) as Rgb;
}

/** The color nearest to this one that can be read on all grounds. It keeps its hue: mixed with white, dark colors turn gray. */
function readable(color: Rgb, groundsOf: (color: Rgb) => Rgb[], step: 1 | -1): Rgb {
  let lightness = (Math.min(...color) + Math.max(...color)) / 510;
  let found = color;
  while (lightness > 0 && lightness < 1 && groundsOf(found).some((ground) => contrast(found, ground) < 4.6)) {
    lightness = Math.min(1, Math.max(0, lightness + step * 0.02));
    found = withLightness(color, lightness);
  }
  return found;
}

export interface Colors {
  primaryColor: string;
  accentColor: string;
}

/** Sets the colors as properties of the page: the policy allows no inline styles, and needs none for this. */
export function applyColors({ primaryColor, accentColor }: Colors) {
  const [brand, accent] = [parse(primaryColor), parse(accentColor)];
  const ink = (ground: Rgb) => (contrast(WHITE, ground) >= contrast(BLACK, ground) ? '#ffffff' : '#14181b');
  const lit = readable(brand, darkGrounds, 1);
  const properties = {
    '--brand-on-light': print(readable(brand, lightGrounds, -1)),
    '--brand-on-dark': print(lit),
    '--brand-fill-light': primaryColor,
    '--brand-fill-dark': print(lit),
    '--ink-light': ink(brand),
    '--ink-dark': ink(lit),
    '--accent': print(accent),
  };
  for (const [name, value] of Object.entries(properties)) document.documentElement.style.setProperty(name, value);
}

export const PLAIN: Colors = { primaryColor: '#2c4a63', accentColor: '#c9803a' };

/**
 * Hosts from which logos and photos of the team are loaded. Keep them in step with `img-src` of the page's policy. The demo loads
 * nothing from other hosts, so names stand in for such images.
 */
const IMAGE_HOSTS: string[] = [];

/** The address of an image, if the page may load it. */
export function allowedImage(url: string | null | undefined): string | undefined {
  if (!url) return undefined;
  const { origin, host } = new URL(url, location.href);
  return origin === location.origin || IMAGE_HOSTS.includes(host) ? url : undefined;
}
