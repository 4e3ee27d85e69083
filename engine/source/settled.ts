/** @returns Whether bit `at` of a lease's `settled` bits is set; bits beyond them are not. */
export const isSettled = (bits: Uint8Array, at: number): boolean =>
  (((bits[at >>> 3] ?? 0) >> (at & 7)) & 1) === 1
