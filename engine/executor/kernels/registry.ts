import type { KernelName } from '../../../shared/model/fields/cpu.ts'
import { gzip } from './gzip.ts'
import { json } from './json.ts'
import type { Kernel } from './kernel.ts'
import { mandelbrot } from './mandelbrot.ts'
import { matrix } from './matrix.ts'
import { primes } from './primes.ts'
import { regex } from './regex.ts'
import { sha256 } from './sha256.ts'

/** Every kernel by its name: one line each. */
export const KERNEL: Readonly<Record<KernelName, Kernel>> = {
  primes,
  sha256,
  gzip,
  json,
  regex,
  matrix,
  mandelbrot,
}
