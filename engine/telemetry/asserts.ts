import { JobError } from '../../shared/model/error.ts'
import type { RunSummary } from '../../shared/model/run.ts'

/** Numbers of a summary that an `--assert` may judge. */
type Facts = Pick<RunSummary, 'tasks' | 'latencyMs' | 'throughputPerSec' | 'elapsedMs' | 'retries'>

type Unit = 'ms' | 'percent' | 'number'

export interface Assertion {
  readonly text: string
  readonly metric: MetricName
  readonly operator: Operator
  /** In milliseconds, percent, or as it stands. */
  readonly limit: number
  readonly unit: Unit
}

const LATENCIES = ['p50', 'p90', 'p95', 'p99', 'max'] as const
const COUNTS = ['ok', 'failed', 'skipped', 'quarantined', 'remaining'] as const
const METRICS = [...LATENCIES, ...COUNTS, 'throughput', 'elapsed', 'retries'] as const
type MetricName = (typeof METRICS)[number]

const OPERATORS = {
  '<': (value: number, limit: number) => value < limit,
  '<=': (value: number, limit: number) => value <= limit,
  '>': (value: number, limit: number) => value > limit,
  '>=': (value: number, limit: number) => value >= limit,
  '==': (value: number, limit: number) => value === limit,
} as const
type Operator = keyof typeof OPERATORS

const UNITS: Readonly<Record<string, { readonly unit: Unit; readonly factor: number }>> = {
  '': { unit: 'number', factor: 1 },
  '/s': { unit: 'number', factor: 1 },
  '%': { unit: 'percent', factor: 1 },
  us: { unit: 'ms', factor: 0.001 },
  µs: { unit: 'ms', factor: 0.001 },
  ms: { unit: 'ms', factor: 1 },
  s: { unit: 'ms', factor: 1_000 },
  m: { unit: 'ms', factor: 60_000 },
  h: { unit: 'ms', factor: 3_600_000 },
}

const SHAPE = /^\s*(\w+)\s*(<=|>=|==|<|>)\s*(\d+(?:\.\d+)?)\s*(\/s|%|µs|[a-z]*)\s*$/

const isLatency = (metric: MetricName): boolean => (LATENCIES as readonly string[]).includes(metric)
const isCount = (metric: MetricName): boolean => (COUNTS as readonly string[]).includes(metric)

/**
 * Reads an expression such as `p95<200ms`, `failed<1%`, `throughput>100` or `elapsed<=5m`.
 *
 * @throws JobError `E_CONFIG` that says what could stand there.
 */
export function parseAssert(text: string): Assertion {
  const [, name = '', operator = '', digits = '', suffix = ''] = SHAPE.exec(text) ?? []
  if (name === '')
    throw new JobError('E_CONFIG', `cannot read the assert "${text}"; write it like p95<200ms or failed<1%`)
  const metric = METRICS.find(known => known === name)
  if (metric === undefined)
    throw new JobError('E_CONFIG', `an assert cannot judge "${name}"; it can judge ${METRICS.join(', ')}`)
  const unit = UNITS[suffix]
  const wanted = isLatency(metric) || metric === 'elapsed' ? 'ms' : null
  const isFitting =
    unit !== undefined &&
    (wanted === 'ms'
      ? unit.unit === 'ms'
      : unit.unit === 'number'
        ? suffix === '' || metric === 'throughput'
        : unit.unit === 'percent' && isCount(metric))
  if (!isFitting) {
    const fitting =
      wanted === 'ms' ? 'a duration such as 200ms or 5s' : 'a number, for counts also a percentage'
    throw new JobError(
      'E_CONFIG',
      `the assert "${text}" compares ${metric} with "${digits}${suffix}"; it needs ${fitting}`,
    )
  }
  return {
    text: text.trim(),
    metric,
    operator: operator as Operator,
    limit: Number(digits) * unit.factor,
    unit: unit.unit,
  }
}

/**
 * @returns A sentence with the actual value for each assertion that does not hold. A metric without a value, such as a
 * latency when no task ran, fails its assertion.
 */
export function judgeAsserts(assertions: readonly Assertion[], facts: Facts): string[] {
  return assertions.flatMap(assertion => {
    const value = valueOf(assertion, facts)
    if (value !== null && OPERATORS[assertion.operator](value, assertion.limit)) return []
    return [`${assertion.text} does not hold: ${describe(assertion, value)}`]
  })
}

function valueOf({ metric, unit }: Assertion, facts: Facts): number | null {
  switch (metric) {
    case 'p50':
    case 'p90':
    case 'p95':
    case 'p99':
    case 'max':
      return facts.latencyMs[metric]
    case 'ok':
    case 'failed':
    case 'skipped':
    case 'quarantined':
    case 'remaining': {
      const count = facts.tasks[metric]
      if (unit !== 'percent') return count
      return facts.tasks.total === 0 ? 0 : (100 * count) / facts.tasks.total
    }
    case 'throughput':
      return facts.throughputPerSec
    case 'elapsed':
      return facts.elapsedMs
    case 'retries':
      return facts.retries
  }
}

function describe({ metric, unit }: Assertion, value: number | null): string {
  if (value === null) return `${metric} has no value`
  const rounded = Math.round(value * 1_000) / 1_000
  return `${metric} is ${rounded}${unit === 'ms' ? 'ms' : unit === 'percent' ? '%' : ''}`
}
