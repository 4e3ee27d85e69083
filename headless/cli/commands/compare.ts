import { randomInt } from 'node:crypto'
import {
  POINTS_LIMIT,
  REPEATS,
  WARM_UPS,
  type ComparedPoint,
  type Comparison,
  type ComparisonPlan,
} from '../../../shared/model/comparison.ts'
import { parsePoint, parseSweep } from '../../../shared/model/compared-point.ts'
import { EXIT } from '../../../shared/model/exit-code.ts'
import { NO_SECRETS, type JobSpec, type Secrets } from '../../../shared/model/job.ts'
import { changedJob } from '../changed-job.ts'
import { CommandError } from '../command-error.ts'
import type { CommandCall } from '../command-spec.ts'
import { MODELS, REPEAT_COUNT, SEED, SWEEP, WARM_UP_COUNT } from '../compare-flags.ts'
import { comparisonLines } from '../compare-lines.ts'
import { isOn, textOf, type FlagSpec, type FlagValues } from '../flag-spec.ts'
import { headersFor, headersGiven } from '../headers.ts'
import type { Host } from '../host.ts'
import { cpuJobOf, crawlJobOf, withHeaders } from '../job-flags.ts'
import { readJobFile } from '../job-file.ts'
import { loadJobOf } from '../load-job.ts'
import type { OpenEngine } from '../open-engine.ts'
import { readSecrets } from '../secrets.ts'
import { StopSignals } from '../stop-signals.ts'
import { ComparisonProgress } from '../compare-progress.ts'
import { paintLine } from '../terminal/line.ts'

export const compareCrawl = ({ args, values }: CommandCall, host: Host): Promise<number> =>
  compare(withHeaders(crawlJobOf(args, values, host.cwd), headersGiven(values, host)), values, host)

export async function compareLoad({ args, values }: CommandCall, host: Host): Promise<number> {
  const { job, password } = loadJobOf(args, values, host.cwd)
  return compare(job, values, host, readSecrets(job, values, host, password))
}

export const compareCpu = ({ values }: CommandCall, host: Host): Promise<number> =>
  compare(cpuJobOf(values), values, host)

export async function compareSaved({ args, values }: CommandCall, host: Host): Promise<number> {
  const job = changedJob(readJobFile(args[0]!, host.cwd), values, host.cwd)
  if (job.kind === 'crawl') return compare(withHeaders(job, headersGiven(values, host)), values, host)
  return compare(job, values, host, readSecrets(job, values, host))
}

async function compare(job: JobSpec, values: FlagValues, host: Host, given?: Secrets): Promise<number> {
  // Wrong flags are told before anything is opened.
  const plan = planOf(job, values)
  const secrets = given ?? { ...NO_SECRETS, headers: job.kind === 'crawl' ? headersFor(job, [], host) : [] }
  await using engine = await host.openEngine(values)
  const started = Promise.withResolvers<string>()
  const signals = new StopSignals({
    // Also one that comes before the comparison has its id.
    onPhase: () =>
      void started.promise.then(
        comparisonId => engine.client.call('compare.stop', { comparisonId }),
        () => undefined,
      ),
    onGiveUp: code => host.exit(code),
  })
  signals.attach()
  try {
    started.resolve(
      engine.client.call('compare.start', { plan, secrets }).then(({ comparisonId }) => comparisonId),
    )
    const comparison = await watch(engine, await started.promise, isOn(values, 'quiet') ? null : host)
    report(comparison, values, host)
    return signals.received === null ? exitCodeOf(comparison) : signals.exitCode
  } finally {
    signals.detach()
  }
}

function planOf(job: JobSpec, values: FlagValues): ComparisonPlan {
  const points = pointsOf(job, values)
  const names = points.map(({ name }) => name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw new CommandError(t => t('compare.twice', { name: twice }))
  if (points.length > POINTS_LIMIT)
    throw new CommandError(t => t('compare.tooMany', { count: points.length, limit: POINTS_LIMIT }))
  return {
    job,
    points,
    repeats: numberOf(REPEAT_COUNT, values, REPEATS),
    warmUps: numberOf(WARM_UP_COUNT, values, WARM_UPS),
    seed: numberOf(SEED, values, { min: 0, max: 0xffff_ffff, default: randomInt(2 ** 31) }),
  }
}

function pointsOf(job: JobSpec, values: FlagValues): ComparedPoint[] {
  const models = textOf(values, MODELS.flag)
  const sweep = textOf(values, SWEEP.flag)
  const named =
    models
      ?.split(',')
      .map(text => text.trim())
      .filter(text => text !== '') ?? []
  const points = [
    ...named.map(text => parsePoint(text, job)),
    ...(sweep === undefined ? [] : parseSweep(sweep, job)),
  ]
  if (points.length === 0) throw new CommandError(t => t('compare.nothing'))
  return points
}

function numberOf(
  { flag }: FlagSpec,
  values: FlagValues,
  { min, max, default: standard }: { readonly min: number; readonly max: number; readonly default: number },
): number {
  const text = textOf(values, flag)
  if (text === undefined) return standard
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= min && value <= max) return value
  throw new CommandError(t =>
    t('usage.badValue', {
      flag: `--${flag}`,
      value: text,
      expected: t('expected.integer', { min: String(min), max: String(max) }),
    }),
  )
}

/** @returns The comparison once it has ended. */
async function watch(engine: OpenEngine, comparisonId: string, shown: Host | null): Promise<Comparison> {
  const progress = shown === null ? null : new ComparisonProgress(shown)
  const ended = Promise.withResolvers<void>()
  let last: Comparison | null = null
  engine.client.on(
    'compare.watch',
    { comparisonId },
    comparison => {
      last = comparison
      progress?.show(comparison)
    },
    error => (error === null ? ended.resolve() : ended.reject(error)),
  )
  await ended.promise.finally(() => progress?.end())
  return last ?? (await engine.client.call('compare.show', { comparisonId }))
}

function report(comparison: Comparison, values: FlagValues, host: Host): void {
  if (isOn(values, 'json')) return host.output.writeOut(`${JSON.stringify(comparison)}\n`)
  const lines = comparisonLines(comparison, { columns: host.outSize().columns, t: host.t })
  host.output.writeOut(`${lines.map(line => paintLine(line, host.paintOut)).join('\n')}\n`)
}

function exitCodeOf({ state, cells }: Comparison): number {
  if (state === 'failed') return EXIT.unable
  return cells.some(cell => cell.void !== null) ? EXIT.tasksFailed : EXIT.done
}
