/** Colours as eyes take them: contrast as WCAG 2 counts it, and what somebody sees who lacks the cones for green or red. */

export type Rgb = readonly [red: number, green: number, blue: number]

/** @param hex `#rrggbb`. @returns Linear light, 0..1 each. */
export function linearOf(hex: string): Rgb {
  const bits = Number.parseInt(hex.slice(1), 16)
  const channel = (shift: number): number => {
    const value = ((bits >> shift) & 255) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return [channel(16), channel(8), channel(0)]
}

/** @returns 1..21. */
export function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

function luminance(hex: string): number {
  const [red, green, blue] = linearOf(hex)
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** Machado, Oliveira and Fernandes (2009), deuteranopia at full severity, in linear light. */
export function asDeuteranope([red, green, blue]: Rgb): Rgb {
  return [
    clamp(0.367322 * red + 0.860646 * green - 0.227968 * blue),
    clamp(0.280085 * red + 0.672501 * green + 0.047413 * blue),
    clamp(-0.01182 * red + 0.04294 * green + 0.968881 * blue),
  ]
}

/** The same of somebody who lacks the cones for red. */
export function asProtanope([red, green, blue]: Rgb): Rgb {
  return [
    clamp(0.152286 * red + 1.052583 * green - 0.204868 * blue),
    clamp(0.114503 * red + 0.786281 * green + 0.099216 * blue),
    clamp(-0.003882 * red - 0.048116 * green + 1.051998 * blue),
  ]
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value))

/** @returns CIE76 ΔE of two colours in linear light: 2.3 is just noticeable, 10 is seen at a glance. */
export function difference(one: Rgb, other: Rgb): number {
  const [a, b] = [labOf(one), labOf(other)]
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
}

function labOf([red, green, blue]: Rgb): Rgb {
  const f = (t: number): number => (t > 216 / 24_389 ? Math.cbrt(t) : ((24_389 / 27) * t + 16) / 116)
  const x = f((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047)
  const y = f(0.2126 * red + 0.7152 * green + 0.0722 * blue)
  const z = f((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883)
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}
