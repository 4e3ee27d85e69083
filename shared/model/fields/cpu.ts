import { defineFields, type OptionsOf } from '../field.ts'

export const KERNELS = ['primes', 'sha256', 'gzip', 'json', 'regex', 'matrix', 'mandelbrot'] as const
export type KernelName = (typeof KERNELS)[number]

export const cpuFields = defineFields({
  kernel: { type: 'choice', flag: 'kernel', choices: KERNELS, default: 'primes', level: 1, group: 'work' },
  tasks: {
    type: 'integer',
    flag: 'tasks',
    min: 1,
    max: 4_000_000_000,
    default: 200,
    level: 1,
    group: 'work',
  },
  size: { type: 'integer', flag: 'size', min: 1, max: 1_000_000_000, default: null, level: 2, group: 'work' },
  ioRatio: { type: 'number', flag: 'io-ratio', min: 0, max: 0.99, default: 0, level: 2, group: 'work' },
})

export type CpuOptions = OptionsOf<typeof cpuFields>
