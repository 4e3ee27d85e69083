import type {
  ComparedPoint,
  ComparedRun,
  Comparison,
  ComparisonCell,
  ComparisonNote,
  ComparisonPlan,
  ComparisonRatio,
  ScalabilityFit,
  VoidReason,
} from '../../shared/model/comparison.ts'
import { totalInFlight, type Parallelism } from '../../shared/model/fields/parallelism.ts'
import { outliersOf } from './statistics/outliers.ts'
import { median } from './statistics/quantiles.ts'
import { ratioInterval } from './statistics/ratio-interval.ts'
import { seededRandom } from './statistics/seeded-random.ts'
import { fitUsl } from './statistics/usl.ts'
import { verdictOf } from './statistics/verdict.ts'

/** What was measured of one point so far. */
export interface MeasuredPoint {
  readonly point: ComparedPoint
  /** As a run really had it. */
  readonly parallelism: Parallelism
  readonly runs: readonly ComparedRun[]
}

/** Below these, the machine's own business decides. */
const SHORT_MS = 300
const FEW_REPEATS = 5
const BUSY_RATIO = 0.25
const START_RATIO = 0.5
const FAILED_RATIO = 0.01

type Judgement = Pick<Comparison, 'cells' | 'ratios' | 'scalability' | 'notes'>

/** @returns What the runs of a comparison say; the same for the same runs and seed. */
export function judge(
  plan: Pick<ComparisonPlan, 'seed' | 'repeats'>,
  measured: readonly MeasuredPoint[],
  busyRatio: number,
): Judgement {
  const digest = firstDigest(measured)
  const cells = measured.map(each => cellOf(each, digest))
  return {
    cells,
    ratios: ratiosOf(cells),
    scalability: fitsOf(cells, plan.seed),
    notes: notesOf(plan, cells, busyRatio),
  }
}

/** Warm-ups are not measured. */
const counts = (run: ComparedRun): boolean => run.block >= 0 && run.void === null

function cellOf({ point, parallelism, runs }: MeasuredPoint, digest: string | null): ComparisonCell {
  const judged = runs.map(run => ({ ...run, void: run.void ?? digestFault(run, digest) }))
  const counted = judged.filter(counts).toSorted((a, b) => a.block - b.block)
  const throughputPerSec = counted.map(run => run.throughputPerSec)
  const medianOf = (values: readonly number[]): number | null => (values.length === 0 ? null : median(values))
  return {
    name: point.name,
    runtime: 'node',
    model: parallelism.model,
    parallelism,
    runs: judged,
    throughputPerSec,
    median: medianOf(throughputPerSec),
    outliers: outliersOf(throughputPerSec),
    medianCpuSec: medianOf(counted.map(run => run.cpuSec)),
    medianStartMs: medianOf(counted.map(run => run.startMs)),
    peakRssBytes: counted.length === 0 ? null : Math.max(...counted.map(run => run.peakRssBytes)),
    limit: totalInFlight(parallelism),
    bottleneck: middleRun(counted)?.bottleneck ?? null,
    // One run that is not to be trusted says that the others may not be either.
    void: judged.find(run => run.block >= 0 && run.void !== null)?.void ?? null,
  }
}

/** The one with the median throughput; of two, the slower. */
const middleRun = (runs: readonly ComparedRun[]): ComparedRun | undefined =>
  runs.toSorted((a, b) => a.throughputPerSec - b.throughputPerSec)[Math.floor((runs.length - 1) / 2)]

const firstDigest = (measured: readonly MeasuredPoint[]): string | null =>
  measured
    .flatMap(({ runs }) => runs)
    .toSorted((a, b) => a.order - b.order)
    .find(run => run.digest !== null)?.digest ?? null

const digestFault = (run: ComparedRun, digest: string | null): VoidReason | null =>
  run.digest === null || digest === null || run.digest === digest
    ? null
    : { type: 'digest', detail: `${run.digest} instead of ${digest}` }

/** Every pair, the faster first; those that are void at the end. */
function ratiosOf(cells: readonly ComparisonCell[]): ComparisonRatio[] {
  const ranked = cells.toSorted((a, b) => rankOf(b) - rankOf(a))
  return ranked.flatMap((a, at) => ranked.slice(at + 1).map(b => ratioOf(a, b)))
}

const rankOf = (cell: ComparisonCell): number => (cell.void === null ? (cell.median ?? -1) : -1)

function ratioOf(a: ComparisonCell, b: ComparisonCell): ComparisonRatio {
  const names = { a: a.name, b: b.name }
  if (a.void !== null || b.void !== null)
    return { ...names, ratio: null, low: null, high: null, verdict: 'void' }
  const [x, y] = pairsOf(a, b)
  const interval = ratioInterval(x, y, { isPaired: true })
  const known = (value: number): number | null => (Number.isFinite(value) ? value : null)
  return {
    ...names,
    ratio: known(interval.ratio),
    low: known(interval.low),
    high: known(interval.high),
    verdict: verdictOf(interval),
  }
}

/** @returns Throughputs of the blocks in which both ran. */
function pairsOf(a: ComparisonCell, b: ComparisonCell): [number[], number[]] {
  const ofBlock = new Map(b.runs.filter(counts).map(run => [run.block, run.throughputPerSec]))
  const both = a.runs.filter(run => counts(run) && ofBlock.has(run.block))
  return [both.map(run => run.throughputPerSec), both.map(run => ofBlock.get(run.block)!)]
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}

/** One curve a model, where its points differ in their lanes alone. */
function fitsOf(cells: readonly ComparisonCell[], seed: number): ScalabilityFit[] {
  const byModel = Map.groupBy(
    cells.filter(cell => cell.void === null && cell.throughputPerSec.length > 0),
    cell => cell.model,
  )
  return [...byModel].flatMap(([model, own]) => {
    const points = own.flatMap(cell => cell.throughputPerSec.map(x => ({ n: cell.limit, x })))
    const fit = fitUsl(points, { random: seededRandom(seed ^ hashOf(model)) })
    if ('refused' in fit) return []
    return [
      {
        model,
        points: points.map(({ n, x }) => ({ n, throughputPerSec: x })),
        lambda: fit.lambda,
        sigma: fit.sigma,
        kappa: fit.kappa,
        r2: fit.r2,
        peakN: fit.peakN !== null && Number.isFinite(fit.peakN) ? fit.peakN : null,
        band: fit.band,
      },
    ]
  })
}

function notesOf(
  { repeats }: Pick<ComparisonPlan, 'repeats'>,
  cells: readonly ComparisonCell[],
  busyRatio: number,
): ComparisonNote[] {
  const notes: ComparisonNote[] = []
  if (busyRatio > BUSY_RATIO) notes.push({ type: 'noisy', busyRatio })
  if (repeats < FEW_REPEATS) notes.push({ type: 'few-repeats', repeats })
  for (const cell of cells) {
    const counted = cell.runs.filter(counts)
    if (counted.length === 0) continue
    const workMs = median(counted.map(run => run.workMs))
    const startMs = median(counted.map(run => run.startMs))
    const tasks = counted.reduce((sum, run) => sum + run.tasks, 0)
    const failed = counted.reduce((sum, run) => sum + run.failed, 0)
    if (tasks > 0 && failed / tasks > FAILED_RATIO)
      notes.push({ type: 'failures', cell: cell.name, ratio: failed / tasks })
    if (workMs < SHORT_MS) notes.push({ type: 'short', cell: cell.name, workMs })
    else if (startMs / (startMs + workMs) > START_RATIO)
      notes.push({ type: 'start-dominates', cell: cell.name, ratio: startMs / (startMs + workMs) })
  }
  return notes
}
