export type Vector3 = [number, number, number]
/** Row by row. */
export type Matrix3 = [number, number, number, number, number, number, number, number, number]

/** @returns The x of `matrix · x = right`, by Cramer's rule; not finite when there is none or more than one. */
export function solve3([a, b, c, d, e, f, g, h, i]: Matrix3, [x, y, z]: Vector3): Vector3 {
  const whole = determinant(a, b, c, d, e, f, g, h, i)
  return [
    determinant(x, b, c, y, e, f, z, h, i) / whole,
    determinant(a, x, c, d, y, f, g, z, i) / whole,
    determinant(a, b, x, d, e, y, g, h, z) / whole,
  ]
}

const determinant = (
  a: number,
  b: number,
  c: number,
  d: number,
  e: number,
  f: number,
  g: number,
  h: number,
  i: number,
): number => a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
