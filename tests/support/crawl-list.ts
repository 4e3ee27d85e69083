import type { Model } from '../../shared/model/fields/parallelism.ts'

/** @returns The text of a list: addresses of the target site's pages `0..count - 1`, one a line. */
export const listOf = (origin: string, count: number, query = ''): string =>
  Array.from({ length: count }, (_, page) => `${origin}/page/${page}${query}\n`).join('')

const PARALLELISM: Readonly<Record<Model, readonly string[]>> = {
  sequential: [],
  loop: ['--in-flight', '16'],
  threads: ['--threads', '3', '--in-flight', '8'],
  processes: ['--processes', '3', '--in-flight', '8'],
  hybrid: ['--processes', '2', '--threads', '2', '--in-flight', '8'],
}

/** @returns Flags of a model with more than one worker where it allows them, whatever machine it runs on. */
export const crawlFlagsOf = (model: Model): readonly string[] => ['--model', model, ...PARALLELISM[model]]
