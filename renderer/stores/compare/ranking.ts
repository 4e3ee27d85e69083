import type {
  ComparedRun,
  Comparison,
  ComparisonCell,
  ComparisonRatio,
  Verdict,
} from '../../../shared/model/comparison.ts'

/** How much of the fastest one's throughput a point reaches. */
export interface Share {
  readonly ratio: number | null
  /** 95 % interval. */
  readonly low: number | null
  readonly high: number | null
  /** Of this point against the fastest. */
  readonly verdict: Verdict
}

export interface Ranked {
  readonly cell: ComparisonCell
  /** `null` for the fastest itself, and where there is nothing to be told apart. */
  readonly share: Share | null
  readonly isBest: boolean
}

/** @returns Points by their median, the fastest first; those that do not count at the end. */
export function ranked({ cells, ratios }: Pick<Comparison, 'cells' | 'ratios'>): readonly Ranked[] {
  const order = cells.toSorted((a, b) => rankOf(b) - rankOf(a))
  const [first] = order
  const best = first !== undefined && rankOf(first) >= 0 ? first : null
  return order.map(cell => ({
    cell,
    isBest: cell === best,
    share: best === null || cell === best ? null : shareOf(cell.name, best.name, ratios),
  }))
}

const rankOf = (cell: ComparisonCell): number => (cell.void === null ? (cell.median ?? -1) : -1)

const OPPOSITE: Readonly<Record<Verdict, Verdict>> = {
  faster: 'slower',
  slower: 'faster',
  'no difference shown': 'no difference shown',
  'too few repeats': 'too few repeats',
  void: 'void',
}

/** Pairs are kept the faster first; told here from the slower one's side. */
function shareOf(name: string, best: string, ratios: readonly ComparisonRatio[]): Share | null {
  const pair = ratios.find(({ a, b }) => (a === best && b === name) || (a === name && b === best))
  if (pair === undefined) return null
  const { ratio, low, high, verdict } = pair
  if (pair.a === name) return { ratio, low, high, verdict }
  return { ratio: inverse(ratio), low: inverse(high), high: inverse(low), verdict: OPPOSITE[verdict] }
}

const inverse = (value: number | null): number | null => (value === null || value === 0 ? null : 1 / value)

/** A run as a dot of its point. */
export interface RunDot {
  readonly run: ComparedRun
  readonly is: 'counted' | 'outlier' | 'void'
}

/** @returns Every measured run of a point, by its block; warm-ups are none. */
export function dotsOf({ runs, outliers }: Pick<ComparisonCell, 'runs' | 'outliers'>): readonly RunDot[] {
  let counted = -1
  return runs
    .filter(run => run.block >= 0)
    .toSorted((a, b) => a.block - b.block)
    .map(run => {
      if (run.void !== null) return { run, is: 'void' }
      counted += 1
      return { run, is: outliers.includes(counted) ? 'outlier' : 'counted' }
    })
}

/** Between two runs the host waits a moment. */
const REST_MS = 150

/**
 * @returns How long the runs that are left will take if they take as long as those of their points before, in
 *   milliseconds; `null` until every point has run once.
 */
export function remainingMs({ cells, plan }: Pick<Comparison, 'cells' | 'plan'>): number | null {
  let sum = 0
  for (const { runs } of cells) {
    if (runs.length === 0) return null
    const total = runs.reduce((ms, run) => ms + run.startMs + run.workMs + REST_MS, 0)
    sum += (total / runs.length) * (plan.repeats + plan.warmUps - runs.length)
  }
  return sum
}
