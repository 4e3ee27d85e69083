import type { ComparisonCell, ScalabilityFit } from '../../shared/model/comparison.ts'
import type { Model } from '../../shared/model/fields/parallelism.ts'
import { placeOn, valueScale, type ValueScale } from './value-scale.ts'

/** Points of one model over the tasks that they have in flight, with their curve where one was fitted. */
export interface ScalingSeries {
  readonly model: Model
  readonly runs: readonly { readonly n: number; readonly value: number }[]
  /** One for each number of tasks in flight, in ascending order. */
  readonly medians: readonly { readonly n: number; readonly value: number }[]
  readonly fit: ScalabilityFit | null
}

/** @returns One a model; points that are void are left out. */
export function scalingSeries(
  cells: readonly ComparisonCell[],
  fits: readonly ScalabilityFit[],
): readonly ScalingSeries[] {
  const counted = cells.filter(cell => cell.void === null && cell.median !== null)
  return [...Map.groupBy(counted, ({ model }) => model)].map(([model, own]) => ({
    model,
    runs: own.flatMap(({ limit, throughputPerSec }) => throughputPerSec.map(value => ({ n: limit, value }))),
    medians: own.map(({ limit, median }) => ({ n: limit, value: median! })).toSorted((a, b) => a.n - b.n),
    fit: fits.find(fit => fit.model === model) ?? null,
  }))
}

/** Whether tasks in flight differ anywhere, so that there is something to be seen. */
export const hasScaling = (series: readonly ScalingSeries[]): boolean =>
  new Set(series.flatMap(({ medians }) => medians.map(({ n }) => n))).size > 1

export interface PlotFrame {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** Where things of a plot stand, in pixels. */
export interface ScalingPlot {
  readonly y: ValueScale
  readonly xMarks: readonly number[]
  readonly xOf: (n: number) => number
  readonly yOf: (value: number) => number
}

/** Numbers that lie further apart than this are shown by their ratios. */
const FAR_APART = 10
const X_MARKS = 8

export function scalingPlot(series: readonly ScalingSeries[], frame: PlotFrame): ScalingPlot {
  const ns = [...new Set(series.flatMap(({ runs }) => runs.map(({ n }) => n)))].toSorted((a, b) => a - b)
  const first = ns[0] ?? 1
  const last = ns.at(-1) ?? 1
  const values = series.flatMap(({ runs, fit }) => [
    0,
    ...runs.map(({ value }) => value),
    ...(fit?.band.map(({ high }) => high) ?? []),
  ])
  const y = valueScale(values)
  const along = last / first > FAR_APART ? (n: number) => Math.log(n) : (n: number) => n
  const span = Math.max(along(last) - along(first), Number.MIN_VALUE)
  const every = Math.ceil(ns.length / X_MARKS)
  return {
    y,
    xMarks: ns.filter((_, at) => at % every === 0 || at === ns.length - 1),
    xOf: n => frame.left + ((along(n) - along(first)) / span) * (frame.right - frame.left),
    yOf: value => frame.bottom - placeOn(y, value) * (frame.bottom - frame.top),
  }
}

/** @returns What the law says for `n` tasks in flight. */
export const fittedAt = ({ lambda, sigma, kappa }: ScalabilityFit, n: number): number =>
  (lambda * n) / (1 + sigma * (n - 1) + kappa * n * (n - 1))

/** @returns Where the curve is highest, if that lies among what was measured: beyond, it would be a guess. */
export function peakOf({
  fit,
  medians,
}: Pick<ScalingSeries, 'fit' | 'medians'>): { readonly n: number; readonly value: number } | null {
  const [first] = medians
  const last = medians.at(-1)
  if (fit === null || fit.peakN === null || first === undefined || last === undefined) return null
  if (fit.peakN < first.n || fit.peakN > last.n) return null
  return { n: fit.peakN, value: fittedAt(fit, fit.peakN) }
}

/** @returns `d` of a line through the given places. */
export const linePath = (places: readonly (readonly [x: number, y: number])[]): string =>
  places.map(([x, y], at) => `${at === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('')
