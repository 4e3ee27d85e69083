import type { ComparedPoint } from './comparison.ts'
import { JobError } from './error.ts'
import { MODELS, parallelismFields, type Model, type ParallelismOptions } from './fields/parallelism.ts'
import type { JobSpec } from './job.ts'
import { decideParallelism, openDimensionsOf, type Dimension } from './parallelism.ts'

const POINT = /^([a-z]+)(?::(\d{1,5})x(\d{1,5})x(\d{1,5}))?$/
const SWEEP = /^([a-z-]+)=(\d{1,5})\.\.(\d{1,5})$/

/**
 * @param text `threads`, whose numbers are the job's or the model's defaults, or `loop:1x1x50`: processes, threads in
 *   each, tasks in flight on each event loop.
 * @throws JobError `E_CONFIG` for an unknown model, and for numbers that contradict it.
 */
export function parsePoint(text: string, job: JobSpec): ComparedPoint {
  const [, name, processes, threads, inFlight] = POINT.exec(text) ?? []
  const model = MODELS.find(known => known === name)
  if (model === undefined)
    throw new JobError(
      'E_CONFIG',
      `"${text}" is no model and no point: write one of ${MODELS.join(', ')}, or a model with its numbers, such as loop:1x1x50`,
    )
  const given =
    processes === undefined
      ? givenNumbers(job.parallelism, model)
      : { processes: Number(processes), threads: Number(threads), inFlight: Number(inFlight) }
  return checkedPoint({ name: text, parallelism: { ...job.parallelism, ...given, model } }, job)
}

/**
 * @param text `in-flight=1..256`: the job's own model with 1, 2, 4 … and the last number.
 * @throws JobError `E_CONFIG` for what is no sweep, and where the model has that number fixed.
 */
export function parseSweep(text: string, job: JobSpec): ComparedPoint[] {
  const [, flag, firstText, lastText] = SWEEP.exec(text) ?? []
  const dimension = (['processes', 'threads', 'inFlight'] as const).find(
    name => parallelismFields[name].flag === flag,
  )
  const [first, last] = [Number(firstText), Number(lastText)]
  if (dimension === undefined || first < 1 || last < first)
    throw new JobError(
      'E_CONFIG',
      `"${text}" is no sweep: write in-flight=1..256, threads=1..4 or processes=1..4`,
    )
  const { model } = job.parallelism
  if (!openDimensionsOf(model).includes(dimension))
    throw new JobError(
      'E_CONFIG',
      `--sweep ${text} contradicts --model ${model}, where that number is always 1`,
    )
  return doubling(first, last).map(value => {
    const parallelism = { ...job.parallelism, [dimension]: value }
    return checkedPoint({ name: `${model}:${flag}=${value}`, parallelism }, job)
  })
}

/** @returns `first`, twice that, and so on; `last` is always the last. */
function doubling(first: number, last: number): number[] {
  const values: number[] = []
  for (let value = first; value < last; value *= 2) values.push(value)
  return [...values, last]
}

/** The job's own numbers hold for the models that leave them open. */
function givenNumbers(parallelism: ParallelismOptions, model: Model): Pick<ParallelismOptions, Dimension> {
  const open = openDimensionsOf(model)
  const of = (dimension: Dimension): number | null =>
    open.includes(dimension) ? parallelism[dimension] : null
  return { processes: of('processes'), threads: of('threads'), inFlight: of('inFlight') }
}

/** Which numbers contradict a model does not depend on the machine. */
function checkedPoint(point: ComparedPoint, job: JobSpec): ComparedPoint {
  for (const dimension of ['processes', 'threads', 'inFlight'] as const) {
    const value = point.parallelism[dimension]
    const { min, max } = parallelismFields[dimension]
    if (value !== null && (value < min || value > max))
      throw new JobError('E_CONFIG', `"${point.name}": expected numbers from ${min} to ${max}, not ${value}`)
  }
  decideParallelism(point.parallelism, job.kind, 1)
  return point
}
